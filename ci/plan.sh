#!/usr/bin/env bash
# ci/plan.sh --head COMMIT --target REF - which two commits a gate compares: COMMIT, and where it left REF.
#
#   --head COMMIT      the change, by its full name: branches move
#   --target REF       what it is to be merged into (origin/main)
#   --repository DIR   the git repository that holds both, with their history (.)
#   --help
#
# Prints base=... and head=..., and appends them to $GITHUB_OUTPUT where a workflow gives one.
# Exit: 0; 1 a commit is not there, or the two have nothing in common; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

head='' target=origin/main repository=.
while [[ $# -gt 0 ]]; do
  case $1 in
    --head) head=$(value_of "$@"); shift ;;
    --target) target=$(value_of "$@"); shift ;;
    --repository) repository=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ $head =~ ^[0-9a-f]{40}$ ]] || die "--head is '$head'; it takes the full name of a commit, 40 hexadecimal digits"

git -C "$repository" cat-file -e "$head^{commit}" 2>/dev/null || exit_code=1 die "there is no commit $head here"
git -C "$repository" rev-parse --quiet --verify "$target^{commit}" >/dev/null || exit_code=1 die "there is no '$target' here"
base=$(git -C "$repository" merge-base "$target" "$head") || exit_code=1 die "$head and $target have no history in common"
if [[ $base == "$head" ]]; then # already merged: what it changed is what is asked for
  base=$(git -C "$repository" rev-parse --quiet --verify "$head^") || exit_code=1 die "$head is the first commit: there is no base"
fi
printf 'base=%s\nhead=%s\n' "$base" "$head" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
