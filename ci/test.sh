#!/usr/bin/env bash
# ci/test.sh - installs what is missing, builds, runs the tests.
#
#   --preset NAME   release (default), asan, cuda, compare-only, coverage: the presets of CMakePresets.json
#   --no-install    use what is here
#   --help
#   -- ARGS         handed to ctest instead of the default selection, for example: -- -R compare -V
#
# The default selection is everything but the label `perf`, which measures and belongs on a quiet machine.
# Exit: 0 all tests passed or skipped with a reason; 1 a build or a test failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=release install=yes
arguments=("$@")
selection=(--label-exclude '^perf$')
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    --)
      shift
      selection=("$@")
      break
      ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

prepare "$install"
continue_as_caller "${arguments[@]}"
build "$preset"
cd "$root"
ctest --test-dir "build/$preset" --parallel "$(jobs)" --output-on-failure --no-tests=error "${selection[@]}" || exit 1
