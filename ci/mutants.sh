#!/usr/bin/env bash
# ci/mutants.sh - plants each bug of tests/simt/mutants.cmake and hopper_mutants.cmake in a kernel, and shows which check of
# the fuzz, or finding of the emulator, catches it.
#
#   --filter RE     only mutants whose name matches, for example: --filter '^flash_.*barrier'
#   --build DIR     a configured build folder (default: the preset release, in build/release)
#   --no-install    use what is here
#   --help
#
# Prints one line a mutant: its kernel, after how many problems it was caught and by what, and the line that was changed.
# ctest runs the same program (simt_mutants), once a mutant.
# Exit: 0 all were caught; 1 one survived, or the build failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

filter=. folder='' install=yes
arguments=("$@")
while [[ $# -gt 0 ]]; do
  case $1 in
    --filter) filter=$(value_of "$@"); shift ;;
    --build) folder=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

if [[ -z $folder ]]; then
  prepare "$install"
  continue_as_caller "${arguments[@]}"
  build release simt_mutants
  folder=$root/build/release
else
  [[ -f $folder/CMakeCache.txt ]] || die "--build '$folder' is no configured build folder"
  cmake --build "$folder" --parallel "$(jobs)" --target simt_mutants || exit_code=1 die "building simt_mutants failed"
fi
# Kernels with three threads and an oracle with all would spin for each other.
OMP_WAIT_POLICY=passive "$folder/bin/simt_mutants" --filter "$filter"
