#!/usr/bin/env bash
# ci/lint-workflows.sh - checks the workflows, the actions and the scripts that they call: shellcheck, yamllint,
# check-jsonschema, zizmor, and the project's rules (ci/workflow_rules.py --rules lists them).
#
#   --need-all     fail if a linter is not installed; by default, a missing linter is reported and its checks are skipped
#   --online       also ask GitHub whether each action is pinned to a commit of its own repository
#   --own-rules    check only the project's rules; takes about a second, and needs only PyYAML
#   --help
#
# ci/setup.sh --dev installs the linters.
# Exit: 0 clean; 1 findings; 2 usage; 77 no findings, but a linter is missing.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

need_all=no own_rules=no online=no
parse_arguments "$@" <<'TABLE'
--need-all   need_all   yes
--own-rules  own_rules  yes
--online     online     yes
TABLE

cd "$root"
mapfile -t workflows < <(find .github/workflows -name '*.yml' -o -name '*.yaml' | sort)
mapfile -t examples < <(find ci/examples -name '*.yml' 2>/dev/null | sort)
mapfile -t actions < <(find action.yml .github/actions -name 'action.yml' 2>/dev/null | sort)
mapfile -t scripts < <(find ci tests/ci -name '*.sh' | sort)
scripts+=(.ci/run)
findings=0 absent=()

# lint TOOL ARGS...: a linter that prints only its findings.
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

code=0 how=()
[[ $online == no ]] || how=(--online)
ci/workflow_rules.py "${how[@]}" "${workflows[@]}" "${examples[@]}" "${actions[@]}" || code=$?
case $code in
  0) ;;
  77) absent+=(PyYAML) ;;
  *) findings=1 ;;
esac

[[ $findings -eq 0 ]] || die "there are findings, see above"
if [[ ${#absent[@]} -gt 0 ]]; then
  mapfile -t absent < <(printf '%s\n' "${absent[@]}" | sort -u)
  [[ $need_all == no ]] || die "not installed: ${absent[*]}; run ci/setup.sh --dev"
  say "no findings, but not installed: ${absent[*]}; ci/setup.sh --dev installs them"
  exit 77
fi
say "no findings in ${#workflows[@]} workflows, ${#actions[@]} actions and ${#scripts[@]} scripts"
