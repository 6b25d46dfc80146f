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
# Whatever a script does with the value of a flag, a missing one is told, and nothing else.
flags=0
for script in "$root"/ci/*.sh; do
  name=$(basename "$script")
  for flag in $(sed -n '/value_of/s/^ *\(--[a-z -]*[a-z|-]*[a-z]\)) .*/\1/p' "$script" | tr -d '|'); do
    flags=$((flags + 1))
    expect 2 "^$name: $flag needs a value; see $name --help$" "$script" "$flag"
  done
done
[[ $flags -ge 60 ]] || fail "only $flags flags with a value were found"
# Numbers: bash takes 08 for octal, and a text for 0.
expect 2 "takes a whole number, 3 or more" "$root/ci/measure.sh" --processes 2
for number in soon 0 -1 1.5; do
  expect 2 "^gpu.sh: --minutes is '$number'; it takes a whole number, 1 or more$" "$root/ci/gpu.sh" --minutes "$number"
  for flag in --seconds --jobs; do
    expect 2 "^conform.sh: $flag is '$number'; it takes a whole number" "$root/ci/conform.sh" "$flag" "$number"
  done
  expect 2 "^nightly.sh: --minutes is '$number'; it takes a whole number" "$root/ci/nightly.sh" --bin "$work" --minutes "$number"
done
expect 2 "^measure.sh: $work/bench is not there" "$root/ci/measure.sh" --processes 08 --bin "$work"
expect 2 "^nightly.sh: $work holds no program" "$root/ci/nightly.sh" --bin "$work" --minutes 08 --seed 09
expect 2 "is no configured build folder" "$root/ci/mutants.sh" --build "$work/none"
expect 1 "is not a folder" "$root/ci/setup.sh" --bundle "$work/none"
expect 1 "holds no bundle" "$root/ci/setup.sh" --bundle "$work"
mkdir "$work/bundle" && echo package >"$work/bundle/one.deb"
(cd "$work/bundle" && sha256sum ./one.deb >SHA256SUMS && echo changed >one.deb)
expect 1 "is damaged; make the bundle again" "$root/ci/setup.sh" --bundle "$work/bundle"

# fresh-machine.sh takes its commands from the README, with or without a comment behind them; none is no success.
mkdir -p "$work/tree" "$work/tools"
fence=$(printf '\140%.0s' 1 2 3)
cp -R "$root/ci" "$work/tree/ci"
printf '#!/bin/sh\necho unshared\n' >"$work/tools/unshare" && chmod +x "$work/tools/unshare"
readme() { printf '<!-- tested: %s -->\n%s\n./ci/bench.sh\n%s\n' "$1" "${fence}sh" "$fence" >"$work/tree/README.md"; }
fresh_machine() { env "PATH=$work/tools:$PATH" "$work/tree/ci/fresh-machine.sh"; }
readme run
expect 2 "has no command under 'tested: help'" fresh_machine
readme help
if [[ $EUID -eq 0 ]]; then expect 0 "^unshared$" fresh_machine; else expect 2 "takes root" fresh_machine; fi

# A program built from a copy without .git says the commit that it was told.
if command -v cmake >/dev/null; then
  build_info() {
    env "WARPGAUGE_COMMIT=$1" cmake -D "SOURCE_DIR=$work" -D "OUTPUT=$work/build_info.cc" -P "$root/bench/build_info.cmake"
  }
  expect 0 "" build_info v1-dirty
  grep -qxF 'const char kCommit[] = "v1-dirty";' "$work/build_info.cc" || fail "not the commit that was told"
  expect 0 "" build_info ""
  grep -qxF 'const char kCommit[] = "unknown";' "$work/build_info.cc" || fail "a commit outside git"
  expect 1 "WARPGAUGE_COMMIT is 'a\"b'; it takes" build_info 'a"b'
fi

# setup.sh names its wheels by version, and finds one that is here.
mkdir -p "$work/tree/.deps/venv/bin"
for tool in tools/dpkg-query tools/apt-get tree/.deps/venv/bin/zizmor; do
  printf '#!/bin/sh\n' >"$work/$tool" && chmod +x "$work/$tool"
done
expect 1 "^setup.sh: missing Python tools \(to .deps/venv\): check-jsonschema==[0-9.]+( cmake==[0-9.]+)?\$" \
  env "PATH=$work/tools:$PATH" "$work/tree/ci/setup.sh" --check --dev
rm -r "$work/tree/.deps" "$work/tools/dpkg-query" "$work/tools/apt-get"

# reproducible.sh asks no compiler cache, whatever its caller's environment says.
cat >"$work/tools/cmake" <<'STAND_IN'
#!/bin/sh
echo "cache off: $CCACHE_DISABLE; launchers: $(env | grep COMPILER_LAUNCHER)" >>"$RECORD"
mkdir -p build/release/bin && echo program >build/release/bin/program
STAND_IN
chmod +x "$work/tools/cmake"
git=(git -C "$work/tree" -c user.name=test -c user.email=test@example.org)
"${git[@]}" init --quiet && "${git[@]}" add . && "${git[@]}" commit --quiet --message first
expect 0 "1 files, equal bit by bit" env "PATH=$work/tools:$PATH" "RECORD=$work/record" CMAKE_CXX_COMPILER_LAUNCHER=ccache \
  CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache "$work/tree/ci/reproducible.sh"
[[ $(sort -u "$work/record") == "cache off: 1; launchers: " ]] || fail "a cache may be asked: $(cat "$work/record")"
finish
