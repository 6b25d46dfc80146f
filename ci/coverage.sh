#!/usr/bin/env bash
# ci/coverage.sh - line and branch coverage of compare's core by its own tests.
#
#   --at-least N    branch coverage in % below which it fails (default: 95)
#   --worst N       how many files are listed, worst first (default: 10)
#   --no-install    use what is here
#   --help
#
# Builds compare and its tests in build/coverage with gcc's --coverage and without optimisation, runs the tests labelled
# `compare`, and has gcov count. What is counted, and what is not, says ci/coverage_report.py.
# Exit: 0 covered; 1 too little is, a test failed, or the build failed; 2 usage, which includes no gcov.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

install=yes at_least=95 worst=10
arguments=("$@")
while [[ $# -gt 0 ]]; do
  case $1 in
    --at-least) at_least=$(value_of "$@"); shift ;;
    --worst) worst=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ $at_least =~ ^[0-9]{1,3}(\.[0-9]+)?$ ]] || die "--at-least '$at_least' is no percentage; see $self --help"
[[ $worst =~ ^[0-9]{1,4}$ ]] || die "--worst '$worst' is no number of files; see $self --help"

prepare "$install"
continue_as_caller "${arguments[@]}"
for tool in g++ gcov; do
  have $tool || die "$tool is not here; ci/setup.sh installs it"
done
build coverage
# Counts of earlier runs would be added to.
find "$root/build/coverage" -name '*.gcda' -delete
# compare_power simulates for minutes what the others test; without optimisation it runs into its time limit.
tests=passed
ctest --test-dir "$root/build/coverage" --parallel "$(jobs)" --output-on-failure --no-tests=error --label-regex '^compare$' \
  --exclude-regex '^compare\.power\.' ||
  tests=failed
# compare_bench is a program that measures the reader.
"$root/ci/coverage_report.py" "$root/build/coverage" --at-least "$at_least" --worst "$worst" \
  --leave-out compare/input/compare_bench.cc compare/{,statistics/,input/,report/,baseline/,ab/,commands/} || exit_code=1 die "too little is covered"
[[ $tests == passed ]] || exit_code=1 die "a test failed, see above: the figures are not those of a good build"
