#!/bin/sh
# Runs every command in the README's sh blocks, line by line, in an empty folder. Compares its exit code with the line's
# "# exit N" (without it: 0). base_bench and head_bench are fakes; case fake/1 of head is 10 % slower.
# usage: run_readme.sh COMPARE FAKE_BENCH README
set -eu
compare=$(realpath "$1") bench=$(realpath "$2") readme=$(realpath "$3")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/work"
ln -s "$compare" "$scratch/bin/warpgauge-compare"
PATH=$scratch/bin:$PATH
cd "$scratch/work"
noise="--cases=6 --noise=0.0005 --common=0.0005"
printf '#!/bin/sh\nexec %s %s "$@"\n' "$bench" "$noise" >base_bench
printf '#!/bin/sh\nexec %s %s --slow=fake/1=1.1 "$@"\n' "$bench" "$noise" >head_bench
chmod +x base_bench head_bench

# shellcheck disable=SC2016
sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$readme" >"$scratch/commands"
failed=0 ran=0
while IFS= read -r line; do
  case $line in
    *"# exit "*) expected=${line##*# exit } ;;
    *) expected=0 ;;
  esac
  code=0
  sh -c "$line" </dev/null >"$scratch/output" 2>&1 || code=$?
  ran=$((ran + 1))
  if [ "$code" != "$expected" ]; then
    printf '%s\n  exit %s, not %s\n' "$line" "$code" "$expected"
    cat "$scratch/output"
    failed=1
  fi
done <"$scratch/commands"
# Nothing runs a block of another kind, so there must be none.
if grep -E '^```.+' "$readme" | grep -qvx '```sh'; then
  echo "$readme has a block that is not sh"
  failed=1
fi
[ "$ran" -ge 10 ] || { echo "only $ran commands found in $readme"; failed=1; }
exit "$failed"
