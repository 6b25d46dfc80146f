# shellcheck shell=bash
# Shared by the tests of ci/. Sourced with the root of the tree in $1. Sets $root, and $work to a temporary folder.

# shellcheck disable=SC2034  # the tests read it
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  printf 'FAILED: %s\n' "$*"
  failures=$((failures + 1))
}

# expect EXIT TEXT COMMAND...: the command ends with EXIT, and a line of its output matches TEXT (an extended regex).
expect() {
  local wanted=$1 text=$2 code=0 output
  shift 2
  output=$("$@" 2>&1) || code=$?
  [[ $code -eq $wanted ]] || fail "exit $code, not $wanted: $* printed: $output"
  grep -qE -- "$text" <<<"$output" || fail "no '$text': $* printed: $output"
}

# finish: ends the test.
finish() {
  [[ $failures -eq 0 ]] || exit 1
  echo "ok"
}
