#!/usr/bin/env bash
# ci/propose.sh - opens a pull request for each baseline that ci/refresh.sh changed, and merges it when its checks have passed.
#
#   --from DIR        the output of ci/refresh.sh, with baselines/FINGERPRINT/MATRIX.json; may be empty or absent (required)
#   --repository DIR  a clone at the commit that was measured; $GH_TOKEN may push to its remote `origin` (this tree)
#   --compare PATH    an existing compare program (default: built from this tree)
#   --limit MINUTES   how long the checks may take, in minutes (50, because an app's token lasts an hour)
#   --every SECONDS   time between two queries of their state, in seconds (30)
#   --help
#
# Accepts only a file that `compare check-baseline` accepts: a stored baseline that is the one of main with exactly one round
# more. What was committed is checked, before it is pushed. There is one branch per machine and matrix, so a new round replaces
# one that is not merged yet. If the baseline on main changed after the measurement, skips the round.
# Exit: 0; 1 git or GitHub refused, or a check failed; 2 usage; 3 a file is not such a baseline; 5 a file cannot be written.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

from='' repository=$root compare='' limit=50 every=30
parse_arguments "$@" <<'TABLE'
--from        from        output required
--repository  repository  folder
--compare     compare     program
--limit       limit       number 0
--every       every       number 0
TABLE
readonly largest_bytes=$((16 << 20)) plain='[A-Za-z0-9_][A-Za-z0-9._-]*'
from=$(realpath "$from")
[[ -z $compare ]] || compare=$(realpath "$compare")
cd "$repository"
measured=$(git rev-parse HEAD)
readonly measured

# find_compare: builds it if the caller gave none. Another machine wrote the files, so the reader is that of this tree.
find_compare() {
  [[ -z $compare ]] || return 0
  "$root/ci/setup.sh"
  build compare-only compare
  compare=$root/build/compare-only/bin/compare
}

# is_small_file PATH: a regular file, no link, not larger than a baseline can be.
is_small_file() { [[ -f $1 && ! -L $1 && $(stat -c %s "$1") -le $largest_bytes ]]; }

# commit_round BRANCH FILE TITLE: makes a branch of main in which only this file is changed. Its blob is that of the file:
# .gitattributes or a filter of a change must not alter it.
commit_round() {
  git switch --quiet --force-create "$1" origin/main || return
  { mkdir -p "$(dirname "$2")" && cp -- "$from/$2" "$2"; } || die_with 5 "$2 cannot be written; is the disk full or read-only?"
  git add -- "$2" &&
    git -c user.name="warpgauge baseline" -c user.email="baseline@users.noreply.github.com" commit --quiet -m "$3" &&
    [[ $(git diff --name-only origin/main HEAD) == "$2" ]] && git show "HEAD:$2" | cmp --silent - "$from/$2"
}

push_branch() { git -c credential.helper='!gh auth git-credential' push --quiet --force origin "$1"; }

# checked PATH [FLAG...]: prints the state of the last round: accepted, refused, noise. Ends the script if compare refuses the file.
checked() {
  local code=0
  "$compare" check-baseline "$@" || code=$?
  [[ $code -ne 3 ]] || die_with 3 "'${1#"$from/baselines/"}' is not a stored baseline that can be added to main, see the line above"
  [[ $code -eq 0 ]] || die_with "$code" "compare check-baseline ended with exit code $code"
}

# state_of_round FILE: the same, if the file is that of main with one round more.
state_of_round() {
  local before=(--first)
  if git cat-file -e "origin/main:$1" 2>/dev/null; then
    git show "origin/main:$1" >"$before_file" || die_with 5 "$before_file cannot be written; is the disk full?"
    before=(--after "$before_file")
  fi
  checked "$from/$1" "${before[@]}"
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
  local file=baselines/$1 name=${1%.json} branch title text state
  branch=baseline/${name//\//-}
  if git show "origin/main:$file" 2>/dev/null | cmp --silent - "$from/$file"; then
    say "$1 is equal to that of main; nothing to propose"
  elif ! git diff --quiet "$measured" origin/main -- "$file"; then
    say "$1 changed on main after the round was measured; the round is skipped"
  else
    state=$(state_of_round "$file") || exit
    title="Baseline: add a round of $name" text="No regression against the stored baseline."
    if [[ $state == refused ]]; then
      title="Baseline: add a refused round of $name" text="A regression or a failed case: the round is refused and does not count."
    fi
    commit_round "$branch" "$file" "$title" || die "could not commit $1"
    push_branch "$branch" || die "could not push $1"
    ask_for_pull "$branch" "$title" "$text" || die "could not open a pull request for $1"
    merge "$branch" "$(git rev-parse HEAD)" ||
      die "$1 is not merged: a check failed, the checks did not finish within $limit minutes, or GitHub refused"
  fi
}

shopt -s nullglob
before_file=$(mktemp)
trap 'rm -f "$before_file"' EXIT
found=0
for path in "$from"/baselines/*/*.json; do
  stored=${path#"$from/baselines/"}
  [[ $stored =~ ^$plain/$plain\.json$ ]] || die "'$stored' is not the name of a stored baseline"
  is_small_file "$path" || die_with 3 "'$stored' is not a stored baseline: a link, or no regular file, or larger than $((largest_bytes >> 20)) MiB"
  find_compare
  checked "$path" >/dev/null
  found=$((found + 1))
  propose "$stored"
done
say "handled $found baselines"
