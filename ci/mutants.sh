#!/usr/bin/env bash
# ci/mutants.sh - plants known bugs (mutants) in the kernels, one at a time, and shows which check of fuzz or which finding of
# the emulator detects each. tests/simt/mutants.cmake and hopper_mutants.cmake list the bugs.
#
#   --filter RE     only mutants whose name matches, for example: --filter '^flash_.*barrier'
#   --build DIR     a configured build folder (default: the preset release, in build/release)
#   --no-install    install nothing
#   --help
#
# Prints one line per mutant: its kernel, the number of problems until it was detected, the check or finding, and the changed
# line. ctest runs the same program (simt_mutants), once per mutant.
# Exit: 0 all were detected; 1 a mutant was not detected, or the build failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

filter=. folder='' install=yes
parse_arguments "$@" <<'TABLE'
--filter      filter   text
--build       folder   folder
--no-install  install  no
TABLE

if [[ -z $folder ]]; then
  prepare "$install"
  continue_as_caller
  build release simt_mutants
  folder=$root/build/release
else
  [[ -f $folder/CMakeCache.txt ]] || usage_error "--build: '$folder' is not a configured build folder"
  cmake --build "$folder" --parallel "$(jobs)" --target simt_mutants || die "building simt_mutants failed"
fi
# The kernels use three threads and the oracle uses all; with active waiting they would slow each other down.
OMP_WAIT_POLICY=passive "$folder/bin/simt_mutants" --filter "$filter"
