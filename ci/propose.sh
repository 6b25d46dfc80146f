#!/usr/bin/env bash
# ci/propose.sh --from DIR - a pull request with the baselines that ci/refresh.sh left in DIR; merges itself once it is green.
#
#   --from DIR        holds baselines/FINGERPRINT/MATRIX.json; nothing in it: nothing to do
#   --repository DIR  a clone whose remote `origin` may be pushed to ($GH_TOKEN) (this tree)
#   --help
#
# Takes from DIR what is a stored baseline by name, size and schema, and nothing else. One branch for each machine and matrix:
# a round that was not merged yet is replaced by the next one, which holds it. Exit: 0; 1 refused by git or GitHub; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

from='' repository=$root
while [[ $# -gt 0 ]]; do
  case $1 in
    --from) from=$(value_of "$@"); shift ;;
    --repository) repository=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $from ]] || die "--from is missing; see $self --help"
readonly largest_bytes=$((16 << 20)) plain='[A-Za-z0-9_][A-Za-z0-9._-]*'

# is_baseline FILE
is_baseline() {
  [[ ! -L $1 && $(stat -c %s "$1") -le $largest_bytes ]] &&
    /usr/bin/python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["schema"] != "warpgauge/baseline/1")' "$1" 2>/dev/null
}

# propose FINGERPRINT/MATRIX.json
propose() {
  local name=${1%.json} branch
  branch=baseline/${name//\//-}
  git -C "$repository" switch --quiet --force-create "$branch" origin/main
  mkdir -p "$repository/baselines/$(dirname "$1")"
  cp "$from/baselines/$1" "$repository/baselines/$1"
  git -C "$repository" add -- "baselines/$1"
  if git -C "$repository" diff --cached --quiet; then
    say "$1 is what main has; nothing to propose"
    return
  fi
  git -C "$repository" -c user.name="warpgauge baseline" -c user.email="baseline@users.noreply.github.com" \
    commit --quiet -m "Baseline: one round more of $name"
  git -C "$repository" -c credential.helper='!gh auth git-credential' push --quiet --force origin "$branch"
  cd "$repository"
  if [[ -z $(gh pr list --head "$branch" --state open --json number --jq '.[].number') ]]; then
    gh pr create --base main --head "$branch" --title "Baseline: one round more of $name" \
      --body "Measured on main, compared with the stored baseline, not red. Merges itself once the checks are green."
  fi
  gh pr merge "$branch" --auto --squash --delete-branch
}

shopt -s nullglob
found=0
for file in "$from"/baselines/*/*.json; do
  stored=${file#"$from/baselines/"}
  [[ $stored =~ ^$plain/$plain\.json$ ]] || exit_code=1 die "'$stored' is not the name of a stored baseline"
  is_baseline "$file" || exit_code=1 die "'$stored' is not a stored baseline"
  found=$((found + 1))
  (propose "$stored") || exit_code=1 die "could not propose $stored"
done
say "$found baselines looked at"
