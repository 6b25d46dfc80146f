#!/usr/bin/env bash
# ci/reproducible.sh - builds this commit twice, in two folders, and compares the programs and libraries bit by bit.
#
#   --preset NAME   release (default), cuda, compare-only
#   --help
#
# What is not committed is not built. Compiler caches are off: an object from a cache proves nothing.
# Exit: 0 equal; 1 a build failed, or a file differs; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

export CCACHE_DISABLE=1 # for a compiler that is itself a link to ccache
unset CMAKE_CXX_COMPILER_LAUNCHER CMAKE_C_COMPILER_LAUNCHER CMAKE_CUDA_COMPILER_LAUNCHER
preset=release
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folders=("$work/one" "$work/another/and/deeper")
source=$root
for folder in "${folders[@]}"; do
  mkdir -p "$(dirname "$folder")"
  git clone --quiet --no-hardlinks "$source" "$folder"
  source=${folders[0]} # of the tree there may be a newer commit by then
  [[ ! -d $deps ]] || ln -s "$deps" "$folder/.deps"
  say "building in $folder"
  (cd "$folder" && cmake --preset "$preset" -DWARPGAUGE_TESTS=OFF && cmake --build "build/$preset" --parallel "$(jobs)") \
    >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit_code=1 die "the build failed"
  }
done

files=$(cd "${folders[0]}/build/$preset" && find . -type f \( -path './bin/*' -o -name '*.a' \) -not -path './_deps/*' | sort)
[[ -n $files ]] || exit_code=1 die "the build made no program and no library"
differing=0
while read -r file; do
  cmp "${folders[0]}/build/$preset/$file" "${folders[1]}/build/$preset/$file" || differing=$((differing + 1))
done <<<"$files"
[[ $differing -eq 0 ]] || exit_code=1 die "$differing of $(wc -l <<<"$files") files differ"
say "$(wc -l <<<"$files") files, equal bit by bit"
