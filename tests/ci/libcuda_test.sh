#!/usr/bin/env bash
# No program needs libcuda or libnvidia-ml to start, so programs run on a machine without a GPU driver.
# Arguments: the root of the tree, the programs.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

shift
for program in "$@"; do
  needed=$(readelf --dynamic "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  [[ -n $needed ]] || fail "$program: readelf lists no library"
  ! grep -E '^lib(cuda|nvidia-ml)\.so' <<<"$needed" || fail "$program needs the library above"
done
finish
