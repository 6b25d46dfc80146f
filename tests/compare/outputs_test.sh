#!/bin/bash
# If an output cannot be written, compare exits 5 for every verdict, and writes to no other file.
# usage: outputs_test.sh COMPARE CASE_FOLDER   (one with base.json and head.json)
set -u
compare=$(realpath "$1")
base=$(realpath "$2")/base.json head=$(realpath "$2")/head.json
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0
# expect WHAT CODE: compares the exit code of the last command with 5.
expect() {
  [[ $2 == 5 ]] || { echo "$1: exit $2, not 5"; failed=1; }
}
"$compare" "$base" "$head" >/dev/full 2>/dev/null; expect "full stdout" $?
"$compare" "$base" "$head" >&- 2>/dev/null; expect "closed stdout" $?
"$compare" "$base" "$head" --json a.json >&- 2>&-; expect "closed stdout and stderr" $?
python3 -c 'import json, sys; json.load(open("a.json"))' || { echo "stdout was written into a.json"; failed=1; }
{ sleep 0.3; "$compare" "$base" "$head" 2>/dev/null; } | true; expect "reader gone" "${PIPESTATUS[0]}"
"$compare" --help >/dev/full 2>/dev/null; expect "full stdout, help" $?
"$compare" "$base" "$head" --github >/dev/full 2>/dev/null; expect "full stdout, annotations" $?
"$compare" "$base" "$head" --json /dev/full >/dev/null 2>&1; expect "full device" $?
"$compare" "$base" "$head" --json no/a.json >/dev/null 2>&1; expect "no such folder" $?
"$compare" "$base" "$head" --json . >/dev/null 2>&1; expect "a folder" $?
GITHUB_STEP_SUMMARY=no/summary "$compare" "$base" "$head" --github >/dev/null 2>&1; expect "step summary" $?
"$compare" bless --baseline /dev/full --fingerprint x --head "$head" --reason x >/dev/null 2>&1; expect "bless into a device" $?
"$compare" bless --baseline first --fingerprint x --head "$head" --reason x >/dev/full 2>/dev/null; expect "bless, full stdout" $?
[[ ! -e first ]] || { echo "bless stored a round although its report could not be written"; failed=1; }
"$compare" --version >/dev/full 2>/dev/null; expect "full stdout, version" $?
"$compare" trend --help >&- 2>/dev/null; expect "closed stdout, help" $?
ln -s a.json link.json
"$compare" "$base" "$head" --json link.json >/dev/null 2>&1; expect "symbolic link" $?
# An empty name requests no summary. An existing summary is appended to.
GITHUB_STEP_SUMMARY='' "$compare" "$base" "$head" --github >/dev/null 2>&1; [[ $? == 1 ]] || { echo "empty summary name"; failed=1; }
echo before >summary.md
GITHUB_STEP_SUMMARY=summary.md "$compare" "$base" "$head" --github >/dev/null 2>&1
[[ $(head -n 1 summary.md) == before && $(grep -c '^### ' summary.md) == 1 ]] || { echo "the step summary is not added to"; failed=1; }
# One report that fails does not stop the others.
"$compare" "$base" "$head" --json /dev/full --markdown b.md >out.txt 2>/dev/null; expect "one of two" $?
[[ -s b.md && -s out.txt ]] || { echo "the other reports are missing"; failed=1; }
# What can be known before is: nothing is written then.
"$compare" "$base" "$head" --json no/a.json --markdown c.md >out.txt 2>/dev/null; expect "one of two, no folder" $?
[[ ! -e c.md && ! -s out.txt ]] || { echo "reports were written though one of them cannot be"; failed=1; }
# A limit on file sizes acts like a full disk: the old file remains.
printf old >c.json
(ulimit -f 1; "$compare" "$base" "$head" --json c.json 2>/dev/null | cat >/dev/null; exit "${PIPESTATUS[0]}"); expect "full disk" $?
[[ $(cat c.json) == old ]] || { echo "a full disk changed the old file"; failed=1; }
exit "$failed"
