#!/bin/bash
# On a read-only and on a full file system, compare exits 5, prints the cause, and keeps the old file. Both are mounted in a
# new namespace. The test is skipped if the kernel does not allow users to create one.
# usage: file_systems_test.sh COMPARE FAKE_BENCH CASE_FOLDER   (a folder with head0.json.. and before/baselines)
set -u
compare=$(realpath "$1") bench=$(realpath "$2") folder=$(realpath "$3")
if [[ ${4:-} != inside ]]; then
  unshare --map-root-user --mount true 2>/dev/null || { echo "skipped: creating a namespace is not allowed here"; exit 77; }
  exec unshare --map-root-user --mount "$0" "$compare" "$bench" "$folder" inside
fi

scratch=$(mktemp -d)
trap 'umount "$scratch/readonly" "$scratch/full" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0
# expect WHAT CAUSE COMMAND...: the command exits 5 and prints the cause.
expect() {
  local what=$1 cause=$2 code=0
  shift 2
  "$@" >out.txt 2>err.txt || code=$?
  [[ $code == 5 ]] || { echo "$what: exit $code, not 5"; cat err.txt; failed=1; }
  grep -q "$cause" err.txt || { echo "$what: does not print '$cause':"; cat err.txt; failed=1; }
}
gate=("$compare" gate --baseline "$folder/before/baselines" --head "$folder"/head{0,1,2}.json)
bless=("$compare" bless --head "$folder"/head{0,1,2}.json --reason x --accept '^naive/S:128$')

mkdir readonly full
cp -R "$folder/before/baselines" readonly
printf old >readonly/report.json
if ! mount --bind readonly readonly || ! mount -o remount,bind,ro readonly || ! mount -t tmpfs -o size=64k tmpfs full; then
  echo "skipped: mounting is not allowed here"
  exit 77
fi
cp -R "$folder/before/baselines" full
printf old >full/report.json
head -c 4000 /dev/zero >full/summary.md # the rest of its page is too small for a report
head -c 100000 /dev/zero >full/zeros 2>/dev/null

for system in readonly full; do
  cause='No space left'
  [[ $system == full ]] || cause='Read-only file system'
  for report in json markdown junit; do
    expect "$system: --$report" "$cause" "${gate[@]}" "--$report" $system/report.json
    [[ $(cat $system/report.json) == old ]] || { echo "$system: --$report changed the old file"; failed=1; }
  done
  expect "$system: step summary" "$cause" env GITHUB_STEP_SUMMARY=$system/summary.md "${gate[@]}" --github
  expect "$system: bless" "$cause" "${bless[@]}" --baseline $system/baselines
  diff -r "$folder/before/baselines" $system/baselines || { echo "$system: bless changed the baseline"; failed=1; }
  expect "$system: a first bless" "$cause" "$compare" bless --head "$folder/head0.json" --reason first --baseline $system/new --fingerprint lab
  expect "$system: ab --keep" "$cause" "$compare" ab "$bench" "$bench" --process-seconds 0.1 --blocks 2 --keep $system/run
  [[ -z $(find $system -name '.*.tmp') ]] || { echo "$system: a temporary file is left"; failed=1; }
done

# A full TMPDIR: lists come through pipes, results do not.
expect "full TMPDIR: list" "full/warpgauge-.*No space left on device" \
  env TMPDIR="$scratch/full" "$compare" ab "$bench" "$bench" --process-seconds 0.1 --blocks 2
umount full && mount -t tmpfs -o size=192k tmpfs full
printf '#!/bin/sh\nexec %s --cases=60 "$@"\n' "$bench" >large && chmod +x large
expect "full TMPDIR: results" "full/warpgauge-.*cannot be written: No space left on device, [0-9]* KiB are free; free some, or set TMPDIR" \
  env TMPDIR="$scratch/full" "$compare" ab ./large ./large --process-seconds 0.1 --blocks 6
exit "$failed"
