#!/bin/sh
# Runs one case of tests/testdata/compare/: the program in the case's folder, with the arguments in `args` ($OUT is an
# empty folder). Compares the result with the files of the folder:
#   exit     the exit code
#   stdout   its standard output
#   stderr   its standard error; without this file it must be empty
#   out/     the files that it writes to $OUT; optional
#   before/  files that are copied to $OUT first; optional
# usage: run_case.sh COMPARE CASE_FOLDER [--update]   (--update writes the files; review the diff)
set -eu
compare=$(realpath "$1") folder=$2 update=${3:-}
cd "$folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
OUT=$scratch/out
mkdir "$OUT"
[ ! -d before ] || cp -R before/. "$OUT"
unset GITHUB_STEP_SUMMARY

eval "set -- $(cat args)"
code=0
"$compare" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || code=$?
echo "$code" >"$scratch/exit"
# Messages name the paths of reports, which differ from run to run.
sed -i "s|$scratch/||g" "$scratch/stdout" "$scratch/stderr"

if [ "$update" = --update ]; then
  cp "$scratch/stdout" "$scratch/exit" .
  rm -rf stderr out
  [ ! -s "$scratch/stderr" ] || cp "$scratch/stderr" .
  [ -z "$(ls -A "$OUT")" ] || cp -R "$OUT" out
  exit 0
fi
failed=0
diff -u exit "$scratch/exit" || failed=1
diff -u stdout "$scratch/stdout" || failed=1
if [ -f stderr ]; then expected=stderr; else expected=/dev/null; fi
diff -u "$expected" "$scratch/stderr" || failed=1
if [ -d out ]; then diff -ru out "$OUT" || failed=1; fi
exit "$failed"
