#!/usr/bin/env bash
# ci/conform.sh - compares the emulator with this machine's GPU, for each primitive of kernels/simt. Each primitive runs in its
# own process. So if one hangs or makes the GPU unusable, the others are not affected. Prints their output in order.
#
#   --bin DIR       the folder with the programs (build/cuda/bin)
#   --record DIR    also write the results of the GPU to DIR, as test vectors
#   --seconds N     time limit of one primitive in seconds (10)
#   --jobs N        number of processes at a time (8, or the number of processors if that is lower)
#   --help
#
# Exit: 0 all agree; 1 one disagrees, or ended without a result; 2 usage; 77 there is no GPU.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/cuda/bin record='' seconds=10 at_once=$(jobs)
((at_once <= 8)) || at_once=8
parse_arguments "$@" <<'TABLE'
--bin      bin      folder
--record   record   output
--seconds  seconds  number 1
--jobs     at_once  number 1
TABLE
program=$bin/simt_conformance
[[ -x $program ]] || die "there is no program $program; build the target simt_conformance"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# check NAME: runs one primitive. Leaves its output in NAME.log and its exit code in NAME.
# shellcheck disable=SC2317  # xargs calls it
check() {
  local code=0
  # In the foreground: whoever ends the process group of this script also ends the program.
  timeout --foreground --kill-after=2 "$seconds" "$program" --filter "^$1\$" ${record:+--record "$record"} \
    >"$results/$1.log" 2>&1 || code=$?
  echo "$code" >"$results/$1"
}

# summarize: prints all logs, then the counts as the last line. Ends the script.
summarize() {
  local name code text agree=0 absent=0 wrong=() ended=()
  while read -r name; do
    grep -v '^[01] primitives on ' "$results/$name.log" 2>/dev/null || true # the program's own count, of one primitive
    code=$(cat "$results/$name" 2>/dev/null || true)
    case $code in
      0) agree=$((agree + 1)) ;;
      1) wrong+=("$name") ;;
      77) absent=$((absent + 1)) ;;
      124 | 137) ended+=("$name") && echo "$name: stopped after $seconds s" ;;
      '') ended+=("$name") && echo "$name: not run, no time left" ;;
      *) ended+=("$name") && echo "$name: ended with exit code $code" ;;
    esac
  done <"$results/names"
  if [[ $((agree + ${#wrong[@]} + ${#ended[@]})) -eq 0 ]]; then
    say "skipped: no primitive could be checked: $(head -n 1 "$results/$(head -n 1 "$results/names").log")"
    exit 77
  fi
  text="$agree primitives agree, $absent are not applicable"
  [[ ${#wrong[@]} -eq 0 ]] || text+="; wrong or failed: ${wrong[*]}"
  [[ ${#ended[@]} -eq 0 ]] || text+="; ended without a result: ${ended[*]}"
  say "$text"
  exit $((${#wrong[@]} + ${#ended[@]} > 0))
}

export -f check
export program record seconds results
"$program" --list >"$results/names" || die "$program --list failed"
trap summarize TERM
# shellcheck disable=SC2016  # $1 is the inner shell's own. Its message about a crash is dropped; summarize prints one.
xargs -P "$at_once" -I '{}' bash -c 'check "$1" 2>/dev/null' check '{}' <"$results/names"
summarize
