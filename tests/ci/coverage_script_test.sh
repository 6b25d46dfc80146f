#!/usr/bin/env bash
# ci/coverage_report.py on a program of a few lines: what counts as a branch, that all instances of a template count as one,
# and that a file that was not run or not compiled does not have 100 %.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
for tool in g++ gcov; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

mkdir -p "$work/core" "$work/build"
cat >"$work/core/half.cc" <<'SOURCE'
#include <string>
std::string doubled(const std::string& text) { return text + text; }  // a call that may throw is no branch
std::string joined(std::initializer_list<std::string> parts) { return *parts.begin(); }
std::string listed() { return joined({"a", doubled("b")}); }  // gcc adds a loop, and one for a throw

template <class T>
bool is_large(T value) {
  if (value > 100) return true;
  return false;
}
int half(int value) {
  if (value > 3) return 2;
  return is_large(value) + is_large(100.0 * value);
}
SOURCE

# measure VALUE...: compiles, and runs half(VALUE).
measure() {
  rm -rf "$work"/build/*
  printf '#include <string>\nstd::string listed();\nint half(int);\nint main() { listed();' >"$work/main.cc"
  printf ' half(%s);' "$@" >>"$work/main.cc"
  printf ' }\n' >>"$work/main.cc"
  for source in "$work/main.cc" "$work"/core/*.cc; do
    (cd "$work/build" && g++ --coverage -O0 -c "$source")
  done
  (cd "$work/build" && g++ --coverage ./*.o -o program && ./program)
}
report() { "$root/ci/coverage_report.py" "$work/build" --root "$work" "$@" core/; }

# One arc of the `if` in half was taken, one of is_large by each instance, both of the list's loop. Calls and what follows a
# throw add none.
measure 2
expect 0 '5/6  all 1 files$' report --at-least 83
expect 1 '83\.3 % +5/6  core/half\.cc: 12$' report --at-least 84
measure 2 9
expect 0 '100\.0 % +6/6  all 1 files$' report --at-least 100

printf 'int unused(int a) {\n  if (a > 1) return 7;\n  return a;\n}\n' >"$work/core/unused.cc"
expect 1 'gcov has no data for core/unused\.cc' report
measure 2 9
expect 1 ' 0\.0 % +0/3   +0\.0 % +0/2  core/unused\.cc: 2$' report
expect 0 ' 6/6  all 1 files$' report --leave-out core/unused.cc
expect 1 'gcov has no data for these folders' "$root/ci/coverage_report.py" "$work/build" --root "$work" none/
printf 'broken' >"$work/build/half.gcno"
expect 1 'gcov failed: .*not a gcov notes file' report

finish
