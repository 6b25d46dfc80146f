#!/usr/bin/env bash
# ci/propose.sh --from DIR - a pull request with the baselines that ci/refresh.sh left in DIR; merged once its checks are green.
#
#   --from DIR        holds baselines/FINGERPRINT/MATRIX.json; nothing in it: nothing to do
#   --repository DIR  a clone, at the commit that was measured, whose remote `origin` may be pushed to ($GH_TOKEN) (this tree)
#   --limit MINUTES   how long the checks may take (50; an app's token lasts an hour)
#   --every SECONDS   how often they are asked for (30)
#   --help
#
# Takes from DIR what is a stored baseline by name, size and schema, and nothing else. One branch for each machine and matrix:
# a round that was not merged yet is replaced by the next one. Where main's baseline has changed since the round was measured,
# which does not hold that change, the round is left out. Exit: 0; 1 refused by git or GitHub, or checks are red; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

from='' repository=$root limit=50 every=30
while [[ $# -gt 0 ]]; do
  case $1 in
    --from) from=$(value_of "$@"); shift ;;
    --repository) repository=$(value_of "$@"); shift ;;
    --limit) limit=$(value_of "$@"); shift ;;
    --every) every=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $from ]] || die "--from is missing; see $self --help"
[[ $limit =~ ^[0-9]+$ && $every =~ ^[0-9]+$ ]] || die "--limit and --every take whole numbers"
readonly largest_bytes=$((16 << 20)) plain='[A-Za-z0-9_][A-Za-z0-9._-]*'
from=$(realpath "$from")
cd "$repository"
measured=$(git rev-parse HEAD)
readonly measured

# is_baseline FILE
is_baseline() {
  [[ ! -L $1 && $(stat -c %s "$1") -le $largest_bytes ]] &&
    /usr/bin/python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["schema"] != "warpgauge/baseline/1")' "$1" 2>/dev/null
}

# push_branch BRANCH FILE TITLE: main with this file changed, and nothing else.
push_branch() {
  git switch --quiet --force-create "$1" origin/main &&
    mkdir -p "$(dirname "$2")" && cp "$from/$2" "$2" && git add -- "$2" &&
    git -c user.name="warpgauge baseline" -c user.email="baseline@users.noreply.github.com" commit --quiet -m "$3" &&
    git -c credential.helper='!gh auth git-credential' push --quiet --force origin "$1"
}

# ask_for_pull BRANCH TITLE: opens one unless it is open. A fork's branch may have the same name.
ask_for_pull() {
  local open
  open=$(gh pr list --head "$1" --state open --json number,isCrossRepository \
    --jq '.[] | select(.isCrossRepository | not) | .number') || return 1
  [[ -n $open ]] || gh pr create --base main --head "$1" --title "$2" \
    --body "Measured on main, compared with the stored baseline, not red. Merges itself once the checks are green."
}

# merge BRANCH COMMIT: when the checks of this commit are green. It waits here because GitHub's own auto-merge takes no heed
# of who may merge without a code owner's approval, as the bot may (ci/runner.md).
merge() {
  local deadline=$((SECONDS + limit * 60)) code said
  while true; do
    code=8 said="GitHub does not show the push"
    if [[ $(gh pr view "$1" --json headRefOid --jq .headRefOid) == "$2" ]]; then
      code=0
      said=$(gh pr checks "$1" 2>&1) || code=$?
      [[ $said != *"no checks reported"* ]] || code=8
    fi
    [[ $code -ne 0 ]] || break
    [[ $code -eq 8 && $SECONDS -lt $deadline ]] || { printf '%s\n' "$said" >&2 && return 1; } # 8: some have not ended
    sleep "$every"
  done
  gh pr merge "$1" --squash --admin --match-head-commit "$2"
}

# propose FINGERPRINT/MATRIX.json
propose() {
  local file=baselines/$1 name=${1%.json} branch
  branch=baseline/${name//\//-}
  if git show "origin/main:$file" 2>/dev/null | cmp --silent - "$from/$file"; then
    say "$1 is what main has; nothing to propose"
  elif ! git diff --quiet "$measured" origin/main -- "$file"; then
    say "$1 has changed on main since the round was measured: left to the next round"
  else
    push_branch "$branch" "$file" "Baseline: one round more of $name" || exit_code=1 die "could not push $1"
    ask_for_pull "$branch" "Baseline: one round more of $name" || exit_code=1 die "could not open a pull request for $1"
    merge "$branch" "$(git rev-parse HEAD)" || exit_code=1 die "$1 is not merged: red checks, none in $limit minutes, or refused"
  fi
}

shopt -s nullglob
found=0
for path in "$from"/baselines/*/*.json; do
  stored=${path#"$from/baselines/"}
  [[ $stored =~ ^$plain/$plain\.json$ ]] || exit_code=1 die "'$stored' is not the name of a stored baseline"
  is_baseline "$path" || exit_code=1 die "'$stored' is not a stored baseline"
  found=$((found + 1))
  propose "$stored"
done
say "$found baselines looked at"
