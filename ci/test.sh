#!/usr/bin/env bash
# ci/test.sh [-- CTEST ARGS] - installs missing packages, builds, runs the tests.
#
#   --preset NAME   release (default), asan, cuda, compare-only, coverage: the presets of CMakePresets.json
#   --no-install    install nothing
#   -- CTEST ARGS   arguments for ctest instead of the default selection, for example: -- -R compare -V
#   --help
#
# The default selection is all tests without the label `perf`. Those measure speed and need a quiet machine.
# Exit: 0 all tests passed or were skipped with a reason; 1 a build or a test failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=release install=yes selection=()
parse_arguments "$@" <<'TABLE'
--preset      preset     preset
--no-install  install    no
--            selection  rest
TABLE
[[ ${#selection[@]} -gt 0 ]] || selection=(--label-exclude '^perf$')

prepare "$install"
continue_as_caller
build "$preset"
cd "$root"
ctest --test-dir "build/$preset" --parallel "$(jobs)" --output-on-failure --no-tests=error "${selection[@]}" || exit 1
