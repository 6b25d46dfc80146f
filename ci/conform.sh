#!/usr/bin/env bash
# ci/conform.sh - holds each primitive of kernels/simt against this machine's GPU, each in a process of its own: one
# that hangs, or takes the GPU away from its process, does so to no other. What they say goes to stdout, in order.
#
#   --bin DIR       where the programs are (build/cuda/bin)
#   --record DIR    also write vectors there
#   --seconds N     for each primitive (10)
#   --jobs N        processes at a time (8, or one a processor)
#   --help
#
# Exit: 0 all agree; 1 one disagrees, or ended without a verdict; 2 usage; 77 no GPU to ask.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/cuda/bin record='' seconds=10 at_once=$(jobs)
((at_once <= 8)) || at_once=8
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --record) record=$(value_of "$@"); shift ;;
    --seconds) seconds=$(value_of "$@"); shift ;;
    --jobs) at_once=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
seconds=$(whole_number --seconds "$seconds" 1)
at_once=$(whole_number --jobs "$at_once" 1)
program=$bin/simt_conformance
[[ -x $program ]] || exit_code=1 die "$program is not there; the target is simt_conformance"
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

# hold NAME: leaves what the program said in NAME.log, and its exit code in NAME.
# shellcheck disable=SC2317  # xargs calls it
hold() {
  local code=0
  # In the foreground: whoever ends this script by its process group ends the program too.
  timeout --foreground --kill-after=2 "$seconds" "$program" --filter "^$1\$" ${record:+--record "$record"} \
    >"$said/$1.log" 2>&1 || code=$?
  echo "$code" >"$said/$1"
}

# tell: all logs as one, and the sum as the last line. Ends the script.
tell() {
  local name code text held=0 absent=0 wrong=() ended=()
  while read -r name; do
    grep -v '^[01] primitives on ' "$said/$name.log" 2>/dev/null || true # the program's own sum of one
    code=$(cat "$said/$name" 2>/dev/null || true)
    case $code in
      0) held=$((held + 1)) ;;
      1) wrong+=("$name") ;;
      77) absent=$((absent + 1)) ;;
      124 | 137) ended+=("$name") && echo "$name: stopped after $seconds s" ;;
      '') ended+=("$name") && echo "$name: no time left" ;;
      *) ended+=("$name") && echo "$name: ended with $code" ;;
    esac
  done <"$said/names"
  if [[ $((held + ${#wrong[@]} + ${#ended[@]})) -eq 0 ]]; then
    say "nothing was held: $(head -n 1 "$said/$(head -n 1 "$said/names").log")"
    exit 77
  fi
  text="$held primitives agree, $absent are not applicable"
  [[ ${#wrong[@]} -eq 0 ]] || text+="; wrong or failed: ${wrong[*]}"
  [[ ${#ended[@]} -eq 0 ]] || text+="; ended without a verdict: ${ended[*]}"
  say "$text"
  exit $((${#wrong[@]} + ${#ended[@]} > 0))
}

export -f hold
export program record seconds said
"$program" --list >"$said/names" || exit_code=1 die "$program does not list its primitives"
trap tell TERM
# shellcheck disable=SC2016  # the inner shell's own argument; its word about a crash is ours to say
xargs -P "$at_once" -I '{}' bash -c 'hold "$1" 2>/dev/null' hold '{}' <"$said/names"
tell
