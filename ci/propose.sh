#!/usr/bin/env bash
# ci/propose.sh - opens a pull request for each baseline that ci/refresh.sh changed, and merges it when its checks have passed.
#
#   --from DIR        the output of ci/refresh.sh, with baselines/FINGERPRINT/MATRIX.json; may be empty or absent (required)
#   --repository DIR  a clone at the commit that was measured; $GH_TOKEN may push to its remote `origin` (this tree)
#   --limit MINUTES   how long the checks may take, in minutes (50, because an app's token lasts an hour)
#   --every SECONDS   time between two queries of their state, in seconds (30)
#   --help
#
# Accepts only files whose name, size and schema are those of a stored baseline. There is one branch per machine and matrix, so
# a new round replaces one that is not merged yet. If the baseline on main changed after the measurement, skips the round.
# Exit: 0; 1 git or GitHub refused, or a check failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

from='' repository=$root limit=50 every=30
parse_arguments "$@" <<'TABLE'
--from        from        output required
--repository  repository  folder
--limit       limit       number 0
--every       every       number 0
TABLE
readonly largest_bytes=$((16 << 20)) plain='[A-Za-z0-9_][A-Za-z0-9._-]*'
from=$(realpath "$from")
cd "$repository"
measured=$(git rev-parse HEAD)
readonly measured

# is_baseline FILE
is_baseline() {
  [[ ! -L $1 && $(stat -c %s "$1") -le $largest_bytes ]] &&
    /usr/bin/python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["schema"] not in ("warpgauge/baseline/1", "warpgauge/baseline/2"))' "$1" 2>/dev/null
}

# push_branch BRANCH FILE TITLE: pushes a branch of main in which only this file is changed.
push_branch() {
  git switch --quiet --force-create "$1" origin/main &&
    mkdir -p "$(dirname "$2")" && cp "$from/$2" "$2" && git add -- "$2" &&
    git -c user.name="warpgauge baseline" -c user.email="baseline@users.noreply.github.com" commit --quiet -m "$3" &&
    git -c credential.helper='!gh auth git-credential' push --quiet --force origin "$1"
}

# last_state FILE: the state of the last round: accepted, refused, noise.
last_state() {
  /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["rounds"][-1].get("state", "accepted"))' "$1"
}

# ask_for_pull BRANCH TITLE TEXT: opens a pull request unless one is open. A branch of a fork may have the same name.
ask_for_pull() {
  local open
  open=$(gh pr list --head "$1" --state open --json number,isCrossRepository \
    --jq '.[] | select(.isCrossRepository | not) | .number') || return 1
  [[ -n $open ]] || gh pr create --base main --head "$1" --title "$2" \
    --body "Measured on main. $3 Merged automatically when the checks have passed."
}

# merge BRANCH COMMIT: waits until the checks of this commit have passed. GitHub's auto-merge cannot be used: it would wait for
# a code owner's approval, although the bot may merge without one (ci/runner.md).
merge() {
  local deadline=$((SECONDS + limit * 60)) code said
  while true; do
    code=8 said="GitHub does not show the pushed commit yet"
    if [[ $(gh pr view "$1" --json headRefOid --jq .headRefOid) == "$2" ]]; then
      code=0
      said=$(gh pr checks "$1" 2>&1) || code=$?
      [[ $said != *"no checks reported"* ]] || code=8
    fi
    [[ $code -ne 0 ]] || break
    [[ $code -eq 8 && $SECONDS -lt $deadline ]] || { printf '%s\n' "$said" >&2 && return 1; } # 8: some are pending
    sleep "$every"
  done
  gh pr merge "$1" --squash --admin --match-head-commit "$2"
}

# propose FINGERPRINT/MATRIX.json
propose() {
  local file=baselines/$1 name=${1%.json} branch title text
  branch=baseline/${name//\//-}
  if git show "origin/main:$file" 2>/dev/null | cmp --silent - "$from/$file"; then
    say "$1 is equal to that of main; nothing to propose"
  elif ! git diff --quiet "$measured" origin/main -- "$file"; then
    say "$1 changed on main after the round was measured; the round is skipped"
  else
    title="Baseline: add a round of $name" text="No regression against the stored baseline."
    if [[ $(last_state "$from/$file") == refused ]]; then
      title="Baseline: add a refused round of $name" text="A regression or a failed case: the round is refused and does not count."
    fi
    push_branch "$branch" "$file" "$title" || die "could not push $1"
    ask_for_pull "$branch" "$title" "$text" || die "could not open a pull request for $1"
    merge "$branch" "$(git rev-parse HEAD)" ||
      die "$1 is not merged: a check failed, the checks did not finish within $limit minutes, or GitHub refused"
  fi
}

shopt -s nullglob
found=0
for path in "$from"/baselines/*/*.json; do
  stored=${path#"$from/baselines/"}
  [[ $stored =~ ^$plain/$plain\.json$ ]] || die "'$stored' is not the name of a stored baseline"
  is_baseline "$path" || die "'$stored' is not a stored baseline"
  found=$((found + 1))
  propose "$stored"
done
say "handled $found baselines"
