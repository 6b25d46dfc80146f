#!/usr/bin/env bash
# gate_kill_test.sh ROOT COMPARE [KILLS] - ci/gate.sh is killed at random moments. Each time, the next call must find the same
# regression: a half-made checkout or build of base is never used. Also: two calls at once, and links and files in the way.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
compare=$2 kills=${3:-8}

repository=$work/repository
git=(git -C "$repository" -c user.name=test -c user.email=test@example.org)
git init --quiet --initial-branch=main "$repository"
printf '/build/\n' >"$repository/.gitignore"
world() { printf '{"cases": {"a": 1000, "b": %s}}\n' "$1" >"$repository/world.json"; }
# Many files, so that a checkout takes a while.
mkdir "$repository/files"
for i in $(seq 500); do head -c 20000 /dev/zero >"$repository/files/$i"; done
world 1000
"${git[@]}" add . && "${git[@]}" commit --quiet --message first
world 1300
build_command="mkdir -p build && { cat $root/tests/ci/stand_in_bench.py; printf '# WORLD: '; cat world.json; } >build/suite.new &&
  chmod +x build/suite.new && sleep .2 && mv build/suite.new build/suite"
gate=("$root/ci/gate.sh" --repository "$repository" --build "$build_command" --bench build/suite --compare "$compare" --blocks 2..2)

# Without a kill: how long until base is built, in milliseconds.
start=$(date +%s%N)
expect 1 "1 regression" "${gate[@]}"
whole=$((($(date +%s%N) - start) / 1000000))

for _ in $(seq "$kills"); do
  [[ $((RANDOM % 2)) -eq 0 ]] || rm -rf "$repository/.warpgauge"
  setsid "${gate[@]}" >/dev/null 2>&1 &
  pid=$!
  sleep "$(printf '%d.%03d' $((RANDOM % whole / 1000)) $((RANDOM % whole % 1000)))"
  kill -KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  expect 1 "1 regression" "${gate[@]}"
done

# Two at once: one waits, both are right.
"${gate[@]}" >"$work/one" 2>&1 &
pid=$!
expect 1 "1 regression" "${gate[@]}"
code=0
wait "$pid" || code=$?
[[ $code -eq 1 ]] || fail "of two calls at once, one ended with $code: $(cat "$work/one")"
(
  exec 8>>"$repository/.warpgauge/lock"
  flock 8
  expect 1 "has held .*/.warpgauge/lock for too long" env WARPGAUGE_LOCK_SECONDS=1 "${gate[@]}" 8>&-
  finish >/dev/null
) || fail "it did not wait for the lock"

# A program that somebody put in the place of base's, and a checkout of another commit.
base=$("${git[@]}" rev-parse main)
cp "$repository/build/suite" "$repository/.warpgauge/gate/$base/tree/build/suite"
expect 1 "1 regression" "${gate[@]}"
rm -rf "$repository/.warpgauge/gate/$base/tree"
mkdir -p "$repository/.warpgauge/gate/$base/tree/build"
cp "$repository/build/suite" "$repository/.warpgauge/gate/$base/tree/build/suite"
expect 1 "1 regression" "${gate[@]}"

# A change that brings its own base.
"${git[@]}" add --force .warpgauge/gate/last/run/run.json
expect 1 "tracks files in .warpgauge" "${gate[@]}"
finish
