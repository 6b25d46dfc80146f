# shellcheck shell=bash
# What the tests of ci/ share. Sourced with the root of the tree in $1; leaves $root, and a scratch folder as $work.

# shellcheck disable=SC2034  # for those who source this
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}

# expect EXIT TEXT COMMAND...: the command ends with EXIT, and says something that matches TEXT (an extended regex).
expect() {
  local wanted=$1 text=$2 code=0 said
  shift 2
  said=$("$@" 2>&1) || code=$?
  [[ $code -eq $wanted ]] || fail "exit $code, not $wanted: $* said: $said"
  grep -qE -- "$text" <<<"$said" || fail "no '$text': $* said: $said"
}

# finish: the verdict of the test.
finish() {
  [[ $failures -eq 0 ]] || exit 1
  echo "ok"
}
