#!/usr/bin/env bash
# ci/fuzz-compare.sh DURATION - fuzzes the readers of compare (compare_input_fuzz) for DURATION: 90, 90s, 10m, 8h.
#
#   --preset NAME    whose build folder is used (default: compare-only)
#   --corpus DIR     where new finds are kept between runs (default: build/PRESET/fuzz-corpus)
#   --no-install     use what is here
#   --help
#
# Runs one process a core. Needs clang++ with libFuzzer (ci/setup.sh --dev). A find is written to DIR/../crash-... and its
# name printed; make it a file of tests/testdata/input with the fix.
# Exit: 0 nothing found; 1 something was found, or the build failed; 2 usage, which includes no clang++.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=compare-only install=yes corpus='' duration=''
arguments=("$@")
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=$(value_of "$@"); shift ;;
    --corpus) corpus=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    -*) die "unknown argument '$1'; see $self --help" ;;
    *)
      [[ -z $duration ]] || die "one duration, not two: '$duration' and '$1'"
      duration=$1
      ;;
  esac
  shift
done
[[ $duration =~ ^([0-9]{1,6})([smh]?)$ ]] || die "the duration '$duration' is not 90, 90s, 10m or 8h; see $self --help"
case ${BASH_REMATCH[2]} in
  m) seconds=$((10#${BASH_REMATCH[1]} * 60)) ;;
  h) seconds=$((10#${BASH_REMATCH[1]} * 3600)) ;;
  *) seconds=$((10#${BASH_REMATCH[1]})) ;;
esac
# To libFuzzer 0 seconds mean for ever.
[[ $seconds -gt 0 ]] || die "the duration is 0; see $self --help"

prepare "$install"
continue_as_caller "${arguments[@]}"
have clang++ || die "clang++ is not here; ci/setup.sh --dev installs it"
build "$preset" compare_input_fuzz
fuzzer=$root/build/$preset/bin/compare_input_fuzz
corpus=${corpus:-$root/build/$preset/fuzz-corpus}
mkdir -p "$corpus"
corpus=$(cd "$corpus" && pwd)
seeds=$root/tests/testdata/input

say "fuzzing for $seconds s on $(jobs) cores, corpus in $corpus"
cd "$(dirname "$corpus")"
"$fuzzer" -fork="$(jobs)" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
  "$corpus" "$seeds" "$seeds/invalid" || exit_code=1 die "something was found: see the crash-, timeout- or oom- file above"
say "nothing found"
