#!/usr/bin/env bash
# ci/plan.sh - prints which two commits a gate compares: a change, and the commit where the change left its target branch.
#
#   --head COMMIT      the change, as a full commit name of 40 digits; a branch could move meanwhile (required)
#   --target REF       the branch that the change will be merged into (origin/main)
#   --repository DIR   a git repository with the history of both (.)
#   --help
#
# If the change is already in the target branch, base is the parent of the change. Prints base=... and head=...; in a workflow,
# also appends them to the file $GITHUB_OUTPUT.
# Exit: 0; 1 a commit is missing, or the two have no common history; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

head='' target=origin/main repository=.
parse_arguments "$@" <<'TABLE'
--head        head        text required
--target      target      text
--repository  repository  folder
TABLE
[[ $head =~ ^[0-9a-f]{40}$ ]] || usage_error "--head: expected the full name of a commit, 40 hexadecimal digits, found '$head'"

git -C "$repository" cat-file -e "$head^{commit}" 2>/dev/null || die "--head: there is no commit $head in $repository"
git -C "$repository" rev-parse --quiet --verify "$target^{commit}" >/dev/null || die "--target: there is no '$target' in $repository"
base=$(git -C "$repository" merge-base "$target" "$head") || die "$head and $target have no common history"
if [[ $base == "$head" ]]; then # already merged: compare with its parent
  base=$(git -C "$repository" rev-parse --quiet --verify "$head^") || die "$head is the first commit, so it has no base"
fi
printf 'base=%s\nhead=%s\n' "$base" "$head" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
