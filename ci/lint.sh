#!/usr/bin/env bash
# ci/lint.sh - checks the format of all C++ and CUDA sources with clang-format, and optionally runs clang-tidy.
#
#   --fix          format the sources instead of checking them
#   --tidy         also run clang-tidy, which takes minutes; needs a configured build/release
#   --help
#
# ci/setup.sh --lint installs clang-format; ci/setup.sh --dev also installs clang-tidy.
# Exit: 0 clean; 1 findings, or a tool is missing; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

format=(--dry-run --Werror) fix=no tidy=no
parse_arguments "$@" <<'TABLE'
--fix   fix   yes
--tidy  tidy  yes
TABLE
[[ $fix == no ]] || format=(-i)

cd "$root"
# Versions of clang-format disagree about the format.
have clang-format-14 || die "clang-format-14 is not installed; run ci/setup.sh --lint"
# New files too, unless git ignores them. A deleted file is listed until the deletion is staged.
mapfile -t sources < <(git -c safe.directory="$root" ls-files --cached --others --exclude-standard -- '*.cc' '*.h' '*.cu' '*.cuh' |
  while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done | sort -u)
[[ ${#sources[@]} -gt 0 ]] || die "git lists no source in $root; run this script in a git checkout"
clang-format-14 "${format[@]}" "${sources[@]}" || die "some sources are not formatted; run ci/lint.sh --fix"
say "${#sources[@]} sources are formatted"

if [[ $tidy == yes ]]; then
  have clang-tidy || die "clang-tidy is not installed; run ci/setup.sh --dev"
  [[ -e build/release/compile_commands.json ]] || die "build/release is not configured; run cmake --preset release"
  mapfile -t units < <(printf '%s\n' "${sources[@]}" | grep '\.cc$')
  printf '%s\n' "${units[@]}" | xargs -P "$(jobs)" -n 4 clang-tidy --quiet -p build/release ||
    die "clang-tidy has findings, see above"
  say "${#units[@]} sources pass clang-tidy"
fi
