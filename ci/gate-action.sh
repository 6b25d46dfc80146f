#!/usr/bin/env bash
# ci/gate-action.sh - what action.yml runs: builds compare, then ci/gate.sh on the repository in $GITHUB_WORKSPACE.
#
#   $GATE_BUILD, $GATE_BENCH   as --build and --bench of ci/gate.sh
#   $GATE_BASE                 its BASE_REF; empty: where the change left what it is to be merged into ($GITHUB_BASE_REF); on a
#                              push, the commit before it
#   $GATE_ARGUMENTS            more for it, split as a shell would
#   $GATE_COMPARE              a compare that is built already
#   --help
#
# The checkout needs its history (fetch-depth: 0). Exit: as ci/gate.sh.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

case ${1:-} in
  '') ;;
  -h | --help) usage "$0" && exit 0 ;;
  *) die "unknown argument '$1'; see $self --help" ;;
esac
[[ -n ${GATE_BUILD:-} && -n ${GATE_BENCH:-} ]] || die "GATE_BUILD and GATE_BENCH are needed; see $self --help"
[[ -n ${GITHUB_WORKSPACE:-} ]] || die "GITHUB_WORKSPACE is not set: this is for a workflow; by hand, use ci/gate.sh"

compare=${GATE_COMPARE:-}
if [[ -z $compare ]]; then
  "$root/ci/setup.sh"
  build compare-only compare
  compare=$root/build/compare-only/bin/compare
fi
split=$(xargs --no-run-if-empty printf '%s\n' <<<"${GATE_ARGUMENTS:-}") || die "GATE_ARGUMENTS is not what a shell could split"
arguments=()
[[ -z $split ]] || mapfile -t arguments <<<"$split"
base=${GATE_BASE:-}
if [[ -z $base && -n ${GITHUB_BASE_REF:-} ]]; then
  base=$(git -C "$GITHUB_WORKSPACE" merge-base "origin/$GITHUB_BASE_REF" HEAD) ||
    exit_code=1 die "the checkout does not hold where the change left $GITHUB_BASE_REF; give actions/checkout fetch-depth: 0"
fi
if [[ -z $base && ${GITHUB_EVENT_NAME:-} == push ]]; then base=HEAD^; fi
out=$GITHUB_WORKSPACE/.warpgauge/gate/last
[[ -z ${GITHUB_OUTPUT:-} ]] || printf 'comparison=%s\n' "$out/comparison.json" >>"$GITHUB_OUTPUT"
code=0
"$root/ci/gate.sh" --repository "$GITHUB_WORKSPACE" --build "$GATE_BUILD" --bench "$GATE_BENCH" --compare "$compare" \
  ${base:+"$base"} --out "$out" "${arguments[@]}" || code=$?
[[ ! -s $out/comparison.md || -z ${GITHUB_STEP_SUMMARY:-} ]] || cat "$out/comparison.md" >>"$GITHUB_STEP_SUMMARY"
exit "$code"
