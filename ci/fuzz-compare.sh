#!/usr/bin/env bash
# ci/fuzz-compare.sh DURATION - fuzzes the readers of compare (compare_input_fuzz).
#
#   DURATION         for example 90, 90s, 10m or 8h
#   --preset NAME    a preset of CMakePresets.json; the script uses its build folder: compare-only (default)
#   --corpus DIR     where new inputs are kept between runs (build/PRESET/fuzz-corpus)
#   --no-install     install nothing
#   --help
#
# Runs one process per core. Needs clang++ with libFuzzer (ci/setup.sh --dev). If an input fails, the script writes it to
# DIR/../crash-... and prints its name. Add that file to tests/testdata/input together with the fix.
# Exit: 0 nothing found; 1 an input failed, the build failed, or clang++ is missing; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=compare-only install=yes corpus='' duration=''
parse_arguments "$@" <<'TABLE'
DURATION      duration  text required
--preset      preset    preset
--corpus      corpus    output
--no-install  install   no
TABLE
[[ $duration =~ ^([0-9]{1,6})([smh]?)$ ]] || usage_error "DURATION: expected 90, 90s, 10m or 8h, found '$duration'"
case ${BASH_REMATCH[2]} in
  m) seconds=$((10#${BASH_REMATCH[1]} * 60)) ;;
  h) seconds=$((10#${BASH_REMATCH[1]} * 3600)) ;;
  *) seconds=$((10#${BASH_REMATCH[1]})) ;;
esac
# To libFuzzer, 0 seconds means no limit.
[[ $seconds -gt 0 ]] || usage_error "DURATION: expected more than 0 seconds"

prepare "$install"
continue_as_caller
have clang++ || die "clang++ is not installed; run ci/setup.sh --dev"
build "$preset" compare_input_fuzz
fuzzer=$root/build/$preset/bin/compare_input_fuzz
corpus=${corpus:-$root/build/$preset/fuzz-corpus}
mkdir -p "$corpus"
corpus=$(cd "$corpus" && pwd)
seeds=$root/tests/testdata/input

say "fuzzing for $seconds s on $(jobs) cores, corpus in $corpus"
cd "$(dirname "$corpus")"
"$fuzzer" -fork="$(jobs)" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
  "$corpus" "$seeds" "$seeds/invalid" || die "an input failed; see the file crash-, timeout- or oom- named above"
say "no input failed"
