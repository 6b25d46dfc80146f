#!/usr/bin/env bash
# ci/lint-workflows.sh - the workflows, the actions and the scripts that they call: shellcheck, yamllint, check-jsonschema,
# zizmor, and rules of our own (ci/workflow_rules.py --rules lists them).
#
#   --need-all     a linter that is not installed is a failure; otherwise it is told and left out
#   --own-rules    only the rules of our own: a second, and no tool needed but PyYAML
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
mapfile -t examples < <(find ci/examples -name '*.yml' 2>/dev/null | sort)
mapfile -t actions < <(find action.yml .github/actions -name 'action.yml' 2>/dev/null | sort)
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

lint shellcheck --external-sources "${scripts[@]}"
lint yamllint --strict "${workflows[@]}" "${examples[@]}" "${actions[@]}" .yamllint
for schema in vendor.github-workflows custom.github-workflows-require-timeout; do
  lint check-jsonschema --quiet --builtin-schema "$schema" "${workflows[@]}" "${examples[@]}"
done
[[ ${#actions[@]} -eq 0 ]] || lint check-jsonschema --quiet --builtin-schema vendor.github-actions "${actions[@]}"
lint zizmor --quiet --offline --no-progress "${workflows[@]}" "${examples[@]}" "${actions[@]}"

code=0
ci/workflow_rules.py "${workflows[@]}" "${examples[@]}" "${actions[@]}" || code=$?
case $code in
  0) ;;
  77) absent+=(PyYAML) ;;
  *) findings=1 ;;
esac

[[ $findings -eq 0 ]] || exit_code=1 die "findings above"
if [[ ${#absent[@]} -gt 0 ]]; then
  mapfile -t absent < <(printf '%s\n' "${absent[@]}" | sort -u)
  [[ $need_all == no ]] || exit_code=1 die "not installed: ${absent[*]}; ci/setup.sh --dev installs them"
  say "clean, but not installed: ${absent[*]}; ci/setup.sh --dev installs them"
  exit 77
fi
say "${#workflows[@]} workflows, ${#actions[@]} actions and ${#scripts[@]} scripts, clean"
