#!/bin/bash
# After kill -9 at a random moment of `bless`, of a report writer or of `ab --keep`, either the old or the new file is there, what
# was left is never read as "pass", and the next call works.
# usage: kill_test.sh COMPARE CASE_FOLDER FAKE_BENCH [KILLS]   (a folder with head0.json.. and before/baselines; 75 kills)
# CASE_FOLDER/../slower_by_half has a regression.
set -u
compare=$(realpath "$1") folder=$(realpath "$2") bench=$(realpath "$3") kills=${4:-75}
slower=$(realpath "$folder/../slower_by_half")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0
fault() {
  echo "kill $i: $*"
  failed=$((failed + 1))
}

# killed_at MICROSECONDS COMMAND...: runs the command and kills it at a random moment of that time, and of a fifth more: files are
# written at the end. Counts in $before_end.
before_end=0
killed_at() {
  local moment_us=$((RANDOM * 32768 + RANDOM))
  moment_us=$((moment_us % ($1 * 6 / 5)))
  "${@:2}" >/dev/null 2>&1 &
  sleep "$(printf '%d.%06d' $((moment_us / 1000000)) $((moment_us % 1000000)))"
  kill -9 $! 2>/dev/null && before_end=$((before_end + 1))
  wait $! 2>/dev/null
}
# time_of COMMAND...: sets $took_us, the shortest of three.
time_of() {
  local began
  took_us=
  for _ in 1 2 3; do
    began=${EPOCHREALTIME/./}
    "$@" >/dev/null 2>&1
    began=$((${EPOCHREALTIME/./} - began))
    [[ -n $took_us && $took_us -lt $began ]] || took_us=$began
  done
}
# expect_one_of FILE OTHER...: the file is equal to one of the others, or absent if one of them is.
expect_one_of() {
  local other
  for other in "${@:2}"; do
    [[ ! -e $1 && ! -e $other ]] || { [[ -e $1 && -e $other ]] && cmp -s "$1" "$other"; } && return
  done
  fault "$1 is none of ${*:2}"
}

cp -R "$folder/before/baselines" .
file=$(find baselines -name '*.json')
git init --quiet . 2>/dev/null && printf '.*.tmp\n' >.gitignore # as in the repository
bless=("$compare" bless --baseline baselines --head "$folder"/head{0,1,2}.json --reason x --accept '^naive/S:128$' --json report.json)
reports=("$compare" gate "$slower/base.json" "$slower/head.json" --json a.json --markdown a.md --junit a.xml)
ab=("$compare" ab "$bench" ./slow --process-seconds 0.01 --blocks 2..2 --keep run --json ab.json)
printf '#!/bin/sh\nexec %s --slow=fake=1.5 "$@"\n' "$bench" >slow && chmod +x slow

cp "$file" old.json
"${bless[@]}" >/dev/null || { echo "bless itself fails"; exit 1; }
cp "$file" new.json && cp report.json whole_report.json
cmp -s old.json new.json && { echo "bless changes nothing"; exit 1; }
"${reports[@]}" >/dev/null
for kind in json md xml; do
  cp "a.$kind" "whole_gate.$kind" || { echo "gate itself fails"; exit 1; }
  echo old >"old_gate.$kind"
done
"${ab[@]}" >/dev/null 2>&1
[[ $? -eq 1 && -s run/run.json ]] || { echo "ab itself fails"; exit 1; }

time_of "${bless[@]}"
for ((i = 0; i < kills * 2 / 5; i++)); do
  cp old.json "$file"
  rm -f report.json
  killed_at "$took_us" "${bless[@]}"
  expect_one_of "$file" old.json new.json
  expect_one_of report.json whole_report.json absent
  git add baselines 2>/dev/null
  [[ $(git diff --cached --name-only | wc -l) -le 1 ]] || fault "git add finds $(git diff --cached --name-only)"
  git rm -rq --cached baselines 2>/dev/null
done
time_of "${reports[@]}"
for ((; i < kills * 4 / 5; i++)); do
  for kind in json md xml; do cp "old_gate.$kind" "a.$kind"; done
  killed_at "$took_us" "${reports[@]}"
  for kind in json md xml; do expect_one_of "a.$kind" "old_gate.$kind" "whole_gate.$kind"; done
done
time_of "${ab[@]}"
for ((; i < kills; i++)); do
  rm -rf run ab.json
  killed_at "$took_us" "${ab[@]}"
  for written in run/run.json ab.json; do
    [[ ! -e $written ]] || python3 -c 'import json, sys; json.load(open(sys.argv[1]))' $written || fault "$written is torn"
  done
  code=0
  "$compare" gate --run run >/dev/null 2>&1 || code=$?
  [[ $code -ne 0 && $code -lt 6 ]] || fault "what is left of a regression gives exit $code"
done

# Files that killed commands left do not disturb the next one.
cp old.json "$file"
"${bless[@]}" >/dev/null || fault "bless fails after the kills"
cmp -s "$file" new.json || fault "bless writes something else after the kills"
"${reports[@]}" >/dev/null
[[ $(find . -name '.*.tmp' -not -path './run/*' | wc -l) == 0 ]] || fault "temporary files are left: $(find . -name '.*.tmp')"
echo "kills: $kills tried, $before_end of them before the end, $failed failed"
[[ $failed -eq 0 ]]
