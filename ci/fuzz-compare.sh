#!/usr/bin/env bash
# ci/fuzz-compare.sh DURATION - fuzzes compare: input (the readers of results), stored (the readers of baselines, run records,
# comparisons and timelines), output (nothing foreign in any output has an effect).
#
#   DURATION         for each target, for example 90, 90s, 10m or 8h
#   --target NAME    only this target: input, stored, output
#   --preset NAME    a preset of CMakePresets.json; the script uses its build folder: compare-only (default)
#   --corpus DIR     where new inputs are kept between runs, in DIR/TARGET (build/PRESET/fuzz-corpus)
#   --no-install     install nothing
#   --help
#
# Runs one process per core. Needs clang++ with libFuzzer (ci/setup.sh --dev). If an input fails, the script writes it to
# DIR/../crash-... and prints its name. Add that file to tests/testdata/TARGET together with the fix.
# Exit: 0 nothing found; 1 an input failed, the build failed, or clang++ is missing; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=compare-only install=yes corpus='' duration='' targets="input stored output"
parse_arguments "$@" <<'TABLE'
DURATION      duration  text required
--target      targets   one-of input stored output
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
names=()
for target in $targets; do names+=("compare_${target}_fuzz"); done
build "$preset" "${names[@]}"
corpus=${corpus:-$root/build/$preset/fuzz-corpus}
mkdir -p "$corpus"
corpus=$(cd "$corpus" && pwd)

cd "$(dirname "$corpus")"
for target in $targets; do
  seeds=("$root/tests/testdata/$target")
  [[ $target != stored ]] || seeds+=("$root/tests/testdata/compare")
  mkdir -p "$corpus/$target"
  say "fuzzing $target for $seconds s on $(jobs) cores, corpus in $corpus/$target"
  "$root/build/$preset/bin/compare_${target}_fuzz" -fork="$(jobs)" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=65536 "$corpus/$target" "${seeds[@]}" || die "an input of $target failed; see the file crash-, timeout- or oom- named above"
done
say "no input failed"
