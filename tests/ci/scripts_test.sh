#!/usr/bin/env bash
# Every script of ci/ says what it is, refuses what it does not know with one line, and setup.sh changes nothing where
# nothing is missing.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

for script in "$root"/ci/*.sh; do
  name=$(basename "$script")
  [[ $name != lib*.sh ]] || continue
  [[ -x $script ]] || fail "$name is not executable"
  expect 0 "^ci/$name" "$script" --help
  expect 2 "^$name: unknown argument '--nonsense'; see $name --help$" "$script" --nonsense
  [[ $("$script" --nonsense 2>&1 | wc -l) -eq 1 ]] || fail "$name says more than one line about a wrong argument"
done
expect 2 "^test.sh: --preset needs a value" "$root/ci/test.sh" --preset
expect 2 "takes a number, 3 or more" "$root/ci/measure.sh" --processes 2
expect 2 "takes a whole number" "$root/ci/gpu.sh" --minutes soon
expect 2 "is no configured build folder" "$root/ci/mutants.sh" --build "$work/none"
expect 1 "is not a folder" "$root/ci/setup.sh" --bundle "$work/none"
expect 1 "holds no bundle" "$root/ci/setup.sh" --bundle "$work"
mkdir "$work/bundle" && echo package >"$work/bundle/one.deb"
(cd "$work/bundle" && sha256sum ./one.deb >SHA256SUMS && echo changed >one.deb)
expect 1 "is damaged; make the bundle again" "$root/ci/setup.sh" --bundle "$work/bundle"
finish
