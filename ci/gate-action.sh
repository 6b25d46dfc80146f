#!/usr/bin/env bash
# ci/gate-action.sh - builds compare, then runs ci/gate.sh on the repository in $GITHUB_WORKSPACE. action.yml calls it.
#
#   --help
#
# Reads its arguments from the environment:
#
#   $GATE_BUILD, $GATE_BENCH   --build and --bench of ci/gate.sh
#   $GATE_BASE                 BASE_REF of ci/gate.sh. Default: the commit where the change left its target ($GITHUB_BASE_REF).
#                              Default on a push: the parent of HEAD
#   $GATE_ARGUMENTS            more arguments of ci/gate.sh, split as a shell splits them
#   $GATE_COMPARE              an existing compare program
#
# The checkout needs its history (fetch-depth: 0). Exit: as ci/gate.sh.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

parse_arguments "$@" <<'TABLE'
TABLE
[[ -n ${GATE_BUILD:-} && -n ${GATE_BENCH:-} ]] || usage_error "GATE_BUILD or GATE_BENCH is missing; see $script --help"
[[ -n ${GITHUB_WORKSPACE:-} ]] || usage_error "GITHUB_WORKSPACE is not set; outside a workflow, run ci/gate.sh"
split=$(xargs --no-run-if-empty printf '%s\n' <<<"${GATE_ARGUMENTS:-}") ||
  usage_error "GATE_ARGUMENTS: a shell could not split this text; look for a missing quote"
arguments=()
[[ -z $split ]] || mapfile -t arguments <<<"$split"
base=${GATE_BASE:-}
if [[ -z $base && -n ${GITHUB_BASE_REF:-} ]]; then
  base=$(git -C "$GITHUB_WORKSPACE" merge-base "origin/$GITHUB_BASE_REF" HEAD) ||
    die "the checkout lacks the commit where the change left $GITHUB_BASE_REF; give actions/checkout fetch-depth: 0"
fi
if [[ -z $base && ${GITHUB_EVENT_NAME:-} == push ]]; then base=HEAD^; fi

compare=${GATE_COMPARE:-}
if [[ -z $compare ]]; then
  "$root/ci/setup.sh"
  build compare-only compare
  compare=$root/build/compare-only/bin/compare
fi
out=$GITHUB_WORKSPACE/.warpgauge/gate/last
[[ -z ${GITHUB_OUTPUT:-} ]] || printf 'comparison=%s\n' "$out/comparison.json" >>"$GITHUB_OUTPUT"
code=0
"$root/ci/gate.sh" --repository "$GITHUB_WORKSPACE" --build "$GATE_BUILD" --bench "$GATE_BENCH" --compare "$compare" \
  ${base:+"$base"} --out "$out" "${arguments[@]}" || code=$?
# With --github, compare itself writes the summary.
if [[ -s $out/comparison.md && -n ${GITHUB_STEP_SUMMARY:-} && " ${arguments[*]} " != *' --github '* ]]; then
  cat "$out/comparison.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
