#!/usr/bin/env bash
# ci/chaos.sh - what takes too long for every change, about compare and ci/gate.sh: fuzzes the readers and all output, kills them
# at random moments, and makes system calls and allocations fail.
#
#   --minutes N     how long each of the three fuzz targets runs, on all cores, in minutes (40: at least 4 CPU hours on 2 cores)
#   --kills N       how often compare is killed; ci/gate.sh a tenth as often (1000)
#   --preset NAME   a preset of CMakePresets.json; the script uses its build folder: compare-only (default)
#   --no-install    install nothing
#   --help
#
# Each part runs, also after another one has failed. Each prints how many it tried and how many failed.
# Exit: 0 nothing found; 1 a part found something, or the build failed; 2 usage; 5 a file cannot be written.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

minutes=40 kills=1000 preset=compare-only install=yes
parse_arguments "$@" <<'TABLE'
--minutes     minutes  number 1
--kills       kills    number 10
--preset      preset   preset
--no-install  install  no
TABLE

prepare "$install"
continue_as_caller
build "$preset" compare fake_bench compare_fault_shim
readonly bin=$root/build/$preset/bin tests=$root/tests data=$root/tests/testdata/compare
worst=0

# part NAME COMMAND...
part() {
  local code=0
  say "$1"
  "${@:2}" || code=$?
  [[ $code -eq 0 ]] || say "$1: FAILED with exit code $code"
  [[ $worst -ne 0 ]] || worst=${code/#77/1} # skipped: nothing was checked
}

part "$kills kills of bless, of the writers and of ab" "$tests/compare/kill_test.sh" "$bin/compare" "$data/bless_accept" "$bin/fake_bench" "$kills"
part "$((kills / 10)) kills of gate.sh" "$tests/ci/gate_kill_test.sh" "$root" "$bin/compare" "$((kills / 10))"
part "each system call of compare fails once" "$tests/compare/chaos/faults_test.py" "$bin/compare" "$bin/fake_bench" \
  "$bin/libcompare_fault_shim.so" "$data" --calls all
part "fuzzing" "$root/ci/fuzz-compare.sh" "${minutes}m" --preset "$preset" --no-install
[[ $worst -eq 0 ]] || die "a part failed, see above"
