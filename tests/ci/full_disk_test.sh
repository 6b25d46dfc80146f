#!/usr/bin/env bash
# full_disk_test.sh ROOT COMPARE - on a full and on a read-only file system, the scripts of ci/ end with 5, never with 1, which
# means "a case was wrong" or "regression", and never with 0. Skipped (77) if the kernel does not allow users to mount.
set -euo pipefail
if [[ ${3:-} != inside ]]; then
  unshare --map-root-user --mount true 2>/dev/null || { echo "skipped: creating a namespace is not allowed here"; exit 77; }
  exec unshare --map-root-user --mount "$0" "$1" "$2" inside
fi
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
compare=$2
export WARPGAUGE_MACHINE_LOCK=$work/lock

# A tree with the scripts, and programs that need no build.
tree=$work/tree bin=$work/bin
mkdir -p "$tree" "$bin"
cp -R "$root/ci" "$root/CMakePresets.json" "$tree"
cp "$compare" "$bin/compare"
{ cat "$root/tests/ci/stand_in_bench.py"
  printf '# WORLD: {"commit": "0123456789abcdef", "cases": {"a": 1000, "b": 2000, "c": 500}, "noise": 0.0005}'; } >"$bin/bench"
# shellcheck disable=SC2016 # the stand-in expands it
printf '#!/bin/sh\n[ "$1" = --gtest_list_tests ] && exit 0\nhead -c 300000 /dev/zero | tr "\\0" x\nexit 0\n' >"$bin/fuzz"
chmod +x "$bin/bench" "$bin/fuzz"
"$tree/ci/measure.sh" --bin "$bin" --out "$work/round" >/dev/null
cp -R "$work/round" "$work/judged"
git=(-c user.name=test -c user.email=test@example.org)
repository=$work/repository
mkdir "$repository"
cp "$bin/bench" "$repository/suite"
git -C "$repository" init --quiet --initial-branch=main
git -C "$repository" add . && git -C "$repository" "${git[@]}" commit --quiet --message first
echo >>"$repository/suite"

mkdir "$work/readonly" "$work/full"
cp -R "$work/round" "$work/judged" "$repository" "$tree" "$work/readonly"
if ! { mount --bind "$work/readonly" "$work/readonly" && mount -o remount,bind,ro "$work/readonly" &&
  mount -t tmpfs -o size=4m tmpfs "$work/full"; } 2>/dev/null; then
  echo "skipped: mounting is not allowed here"
  exit 77
fi
trap 'umount "$work/readonly" "$work/full"; rm -rf "$work"' EXIT
cp -R "$work/round" "$work/judged" "$repository" "$tree" "$work/full"
head -c 8000000 /dev/zero >"$work/full/zeros" 2>/dev/null || true

for disk in readonly full; do
  on=$work/$disk
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/measure.sh" --bin "$bin" --out "$on/new"
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/measure.sh" --bin "$bin" --out "$on/round"
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/judge.sh" --bin "$bin" --head "$on/judged" --baseline "$work/none"
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/refresh.sh" --bin "$bin" --baseline "$work/baselines" --out "$on/refresh"
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/refresh.sh" --bin "$bin" --baseline "$on/baselines" --out "$work/refresh"
  expect 5 "(disk|No space|Read-only|fuzz ended with exit code 5)" "$tree/ci/nightly.sh" --bin "$bin" --matrix none --out "$on/night"
  expect 5 "error: .*(disk|No space|Read-only)" "$on/tree/ci/bench.sh" --bin "$bin"
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/gate.sh" --repository "$on/repository" --build true --bench suite --compare "$bin/compare" --blocks 2..2
  expect 5 "error: .*(disk|No space|Read-only)" "$tree/ci/gate.sh" --repository "$repository" --build true --bench suite --compare "$bin/compare" --blocks 2..2 --out "$on/out"
done
for script in measure judge refresh nightly bench gate; do
  code=0
  "$tree/ci/$script.sh" --help >/dev/full 2>/dev/null || code=$?
  [[ $code -ne 0 ]] || fail "$script.sh --help ends with 0 on a full stdout"
done
expect 5 "cannot be written" bash -c "'$tree/ci/measure.sh' --bin '$bin' --out '$work/other' >/dev/full"
finish
