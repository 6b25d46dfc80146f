#!/bin/bash
# After kill -9 at a random moment of bless or of a report writer, either the old or the new file is there.
# usage: kill_test.sh COMPARE CASE_FOLDER [KILLS]   (a folder with head0.json.. and before/baselines; 25 moments)
set -u
compare=$(realpath "$1") folder=$(realpath "$2") kills=${3:-25}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
cp -R "$folder/before/baselines" .
file=$(find baselines -name '*.json')
cp "$file" old.json
command=("$compare" bless --baseline baselines --head "$folder"/head{0,1,2}.json --reason x --accept '^naive/S:128$' --json report.json)
began=${EPOCHREALTIME/./}
"${command[@]}" >/dev/null || { echo "bless itself fails"; exit 1; }
took_us=$((${EPOCHREALTIME/./} - began))
cp "$file" new.json
cp report.json whole.json
cmp -s old.json new.json && { echo "bless changes nothing"; exit 1; }
killed=0
for ((i = 0; i < kills; i++)); do
  cp old.json "$file"
  rm -f report.json
  "${command[@]}" >/dev/null 2>&1 &
  # Up to 20 % longer than the command takes, because it writes at its end.
  moment_us=$((RANDOM * RANDOM % (took_us * 6 / 5)))
  sleep "$(printf '%d.%06d' $((moment_us / 1000000)) $((moment_us % 1000000)))"
  kill -9 $! 2>/dev/null && killed=$((killed + 1))
  wait $! 2>/dev/null
  cmp -s "$file" old.json || cmp -s "$file" new.json || { echo "kill $i: $file is neither old nor new"; exit 1; }
  [[ ! -e report.json ]] || cmp -s report.json whole.json || { echo "kill $i: report.json is not whole"; exit 1; }
done
# Files that killed commands left do not disturb the next one.
cp old.json "$file"
"${command[@]}" >/dev/null || { echo "bless fails after the kills"; exit 1; }
cmp -s "$file" new.json || { echo "bless writes something else after the kills"; exit 1; }
[[ $(find . -name '.*.tmp' | wc -l) == 0 ]] || { echo "temporary files are left"; exit 1; }
echo "$kills moments, $killed of them before the end"
