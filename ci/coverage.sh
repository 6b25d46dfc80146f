#!/usr/bin/env bash
# ci/coverage.sh - measures the line and branch coverage of compare and base under compare's tests.
#
#   --at-least N    fail if branch coverage is below N percent (95)
#   --worst N       number of files to list, worst first (10)
#   --no-install    install nothing
#   --help
#
# Builds compare and its tests in build/coverage with gcc's --coverage and without optimisation. Runs the tests with the label
# `compare`, and counts with gcov. ci/coverage_report.py documents what counts as a branch.
# Exit: 0 enough is covered; 1 too little is covered, a test failed, the build failed, or gcov is missing; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

install=yes at_least=95 worst=10
parse_arguments "$@" <<'TABLE'
--at-least    at_least  percentage
--worst       worst     number 0
--no-install  install   no
TABLE

prepare "$install"
continue_as_caller
for tool in g++ gcov; do
  have $tool || die "$tool is not installed; run ci/setup.sh"
done
build coverage
# Otherwise gcov would add the counts of earlier runs.
find "$root/build/coverage" -name '*.gcda' -delete
# compare_power simulates for minutes what the other tests cover; without optimisation it would exceed its time limit.
tests=passed
ctest --test-dir "$root/build/coverage" --parallel "$(jobs)" --output-on-failure --no-tests=error --label-regex '^compare$' \
  --exclude-regex '^compare\.power\.' ||
  tests=failed
cd "$root"
folders=(compare/ compare/*/)
[[ ! -d base ]] || folders+=(base/)
ci/coverage_report.py build/coverage --at-least "$at_least" --worst "$worst" \
  "${folders[@]}" || die "branch coverage is below $at_least %"
[[ $tests == passed ]] || die "a test failed, see above; the figures are not those of a good build"
