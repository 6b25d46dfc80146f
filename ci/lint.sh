#!/usr/bin/env bash
# ci/lint.sh - clang-format and clang-tidy over our C++.
#
#   --fix          let clang-format mend what it finds
#   --tidy         clang-tidy too (minutes); needs a configured build/release
#   --help
#
# ci/setup.sh --dev installs both. Exit: 0 clean; 1 findings, or a tool is missing; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

format=(--dry-run --Werror) tidy=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --fix) format=(-i) ;;
    --tidy) tidy=yes ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

cd "$root"
# Versions of clang-format disagree: one is the law.
have clang-format-14 || exit_code=1 die "clang-format-14 is not installed; ci/setup.sh --dev installs it"
mapfile -t sources < <(find bench compare fuzz kernels tests -name '*.cc' -o -name '*.h' -o -name '*.cu' -o -name '*.cuh' | sort)
clang-format-14 "${format[@]}" "${sources[@]}" || exit_code=1 die "not formatted; ci/lint.sh --fix mends it"
say "${#sources[@]} files are formatted"

if [[ $tidy == yes ]]; then
  have clang-tidy || exit_code=1 die "clang-tidy is not installed; ci/setup.sh --dev installs it"
  [[ -e build/release/compile_commands.json ]] || exit_code=1 die "build/release is not configured; ci/test.sh does that"
  mapfile -t units < <(printf '%s\n' "${sources[@]}" | grep '\.cc$')
  printf '%s\n' "${units[@]}" | xargs -P "$(jobs)" -n 4 clang-tidy --quiet -p build/release ||
    exit_code=1 die "findings above"
  say "${#units[@]} files are tidy"
fi
