#!/usr/bin/env bash
# ci/reproducible.sh - builds this commit twice, in two folders, and checks that programs and libraries are bit-identical.
#
#   --preset NAME   a preset of CMakePresets.json: release (default), cuda, compare-only
#   --help
#
# Uncommitted changes are not built. Compiler caches are off, because two objects from a cache are always equal.
# Exit: 0 equal; 1 a build failed, or a file differs; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

export CCACHE_DISABLE=1 # for a compiler that is itself a link to ccache
unset CMAKE_CXX_COMPILER_LAUNCHER CMAKE_C_COMPILER_LAUNCHER CMAKE_CUDA_COMPILER_LAUNCHER
preset=release
parse_arguments "$@" <<'TABLE'
--preset  preset  preset
TABLE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folders=("$work/one" "$work/another/and/deeper")
source=$root
for folder in "${folders[@]}"; do
  mkdir -p "$(dirname "$folder")"
  git clone --quiet --no-hardlinks "$source" "$folder"
  source=${folders[0]} # the tree may get a new commit meanwhile
  [[ ! -d $deps ]] || ln -s "$deps" "$folder/.deps"
  say "building in $folder"
  (cd "$folder" && cmake --preset "$preset" -DWARPGAUGE_TESTS=OFF && cmake --build "build/$preset" --parallel "$(jobs)") \
    >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    die "the build failed; the end of its output is above"
  }
done

files=$(cd "${folders[0]}/build/$preset" && find . -type f \( -path './bin/*' -o -name '*.a' \) -not -path './_deps/*' | sort)
[[ -n $files ]] || die "the build made no program and no library"
differing=0
while read -r file; do
  cmp "${folders[0]}/build/$preset/$file" "${folders[1]}/build/$preset/$file" || differing=$((differing + 1))
done <<<"$files"
[[ $differing -eq 0 ]] || die "$differing of $(wc -l <<<"$files") files differ"
say "$(wc -l <<<"$files") files are bit-identical"
