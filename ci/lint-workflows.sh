#!/usr/bin/env bash
# ci/lint-workflows.sh - the workflows and the scripts that they call: yamllint, check-jsonschema, zizmor, shellcheck, and
# rules of our own: actions pinned by a full commit, no permission at the top, no expression inside a `run:`.
#
#   --need-all     a linter that is not installed is a failure; otherwise it is told and left out
#   --own-rules    only the rules of our own: seconds, and no tool needed
#   --help
#
# ci/setup.sh --dev installs the linters. Exit: 0 clean; 1 findings; 2 usage; 77 clean, but a linter was left out.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

need_all=no own_rules=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --need-all) need_all=yes ;;
    --own-rules) own_rules=yes ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

cd "$root"
mapfile -t workflows < <(find .github/workflows -name '*.yml' -o -name '*.yaml' | sort)
mapfile -t scripts < <(find ci tests/ci -name '*.sh' | sort)
scripts+=(.ci/run)
findings=0 absent=()

# lint TOOL ARGS...: a linter that says nothing but its findings.
lint() {
  [[ $own_rules == no ]] || return 0
  if have "$1"; then
    "$@" || findings=1
  else
    absent+=("$1")
  fi
}

# rule TEXT GREP-ARGS...: lines that must not be there.
rule() {
  local text=$1 found
  shift
  found=$(grep -nE "$@" || true)
  [[ -z $found ]] || { findings=1 && printf '%s\n%s\n' "$text:" "$found"; }
}

lint shellcheck --external-sources "${scripts[@]}"
lint yamllint --strict "${workflows[@]}" .yamllint
lint check-jsonschema --quiet --builtin-schema vendor.github-workflows "${workflows[@]}"
lint zizmor --quiet --offline --no-progress "${workflows[@]}"

rule "an action that is not pinned by a full commit" '^[^#]*uses: *[^.@ ]+(@([^0-9a-f]|[0-9a-f]{0,39}([^0-9a-f]|$))|$)' "${workflows[@]}"
rule "an expression inside a run step: hand it over in env" '^ *(- )?run:.*\$\{\{' "${workflows[@]}"
rule "pull_request_target runs a stranger's code with our rights" 'pull_request_target' "${workflows[@]}"
for workflow in "${workflows[@]}"; do
  grep -qx 'permissions: {}' "$workflow" || { findings=1 && echo "$workflow: no 'permissions: {}' at the top"; }
done

[[ $findings -eq 0 ]] || exit_code=1 die "findings above"
if [[ ${#absent[@]} -gt 0 ]]; then
  [[ $need_all == no ]] || exit_code=1 die "not installed: ${absent[*]}; ci/setup.sh --dev installs them"
  say "clean, but not installed: ${absent[*]}; ci/setup.sh --dev installs them"
  exit 77
fi
say "${#workflows[@]} workflows and ${#scripts[@]} scripts, clean"
