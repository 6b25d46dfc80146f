#!/usr/bin/env bash
# Every script of ci/: its --help lists exactly the flags that it declares. A wrong argument is an error in one line, before
# anything is installed, built or deleted. Also: details of setup.sh, fresh-machine.sh and reproducible.sh.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

# A copy of the tree, in which cmake, apt-get and other tools only record that they were called.
mkdir -p "$work/tree/.warpgauge/last" "$work/tools" "$work/tree/precious"
touch "$work/tree/precious/thesis"
ln -s "$work/tree/precious" "$work/link"
cp -R "$root/ci" "$root/.ci" "$root/CMakePresets.json" "$work/tree/"
touch "$work/tree/.warpgauge/last/process-1.json" "$work/file" "$work/called"
for tool in cmake ctest apt-get sudo pip; do
  printf '#!/bin/sh\necho %s >>%s\nexit 1\n' "$tool" "$work/called" >"$work/tools/$tool" && chmod +x "$work/tools/$tool"
done
refused() { expect 2 "$1" env "PATH=$work/tools:$PATH" "${@:2}"; }

# declared SCRIPT: its table for parse_arguments. flags_in_help SCRIPT: the flags that begin a row of the help, one a line,
# with a placeholder if they take a value.
declared() { sed -n "/^parse_arguments .*<<'TABLE'\$/,/^TABLE\$/{//d;p}" "$1"; }
flags_in_help() { sed -n '2,/^[^#]/s/^#   \(--.*\)/\1/p' "$1" | sed 's/   *.*//' | tr ',' '\n' | sed 's/^ *//'; }

flags=0
for script in "$work"/tree/ci/*.sh "$work/tree/.ci/run"; do
  name=$(basename "$script") path=${script#"$work/tree/"}
  [[ $name != lib*.sh ]] || continue
  [[ -x $script ]] || fail "$name is not executable"
  expect 0 "^$path" "$script" --help
  declared "$script" >"$work/table"
  flags_in_help "$script" >"$work/help"
  while read -r flag variable kind detail; do
    [[ $variable != arg_* ]] || fail "$name: the variable $variable would be hidden in parse_arguments"
    [[ $flag != ... ]] || continue
    flags=$((flags + 1))
    case $kind in
      yes | no | pass-switch)
        grep -qxF -- "$flag" "$work/help" || fail "$name: the help does not list $flag, or with a value"
        refused "^$name: error: $flag takes no value; see $path --help\$" "$script" "$flag=x"
        continue
        ;;
      rest)
        [[ $("$script" --help) == *"$flag"* ]] || fail "$name: the help does not list $flag"
        continue
        ;;
    esac
    if [[ $flag == --* ]]; then
      grep -qE -- "^$flag [^ ]" "$work/help" || fail "$name: the help does not list $flag, or without a value"
      for wrong in "$flag" "$flag="; do
        refused "^$name: error: $flag needs a value; see $path --help\$" "$script" "$wrong"
      done
      refused "^$name: error: $flag needs a value" "$script" "$flag" "$flag"
      value=("$flag")
    else
      [[ $("$script" --help) == *"$flag"* ]] || fail "$name: the help does not list $flag"
      value=()
    fi
    case $kind in
      number)
        detail=${detail% required}
        for wrong in soon -1 1.5 $((detail - 1)); do
          [[ $flag == --* ]] || continue
          refused "^$name: error: $flag: expected a whole number >= $detail, found '$wrong'\$" "$script" "${value[@]}" "$wrong"
        done
        ;;
      percentage)
        for wrong in most -1 101; do
          refused "^$name: error: $flag: expected a percentage from 0 to 100, found '$wrong'\$" "$script" "${value[@]}" "$wrong"
        done
        ;;
      folder) refused "^$name: error: $flag: there is no folder '$work/none'\$" "$script" "${value[@]}" "$work/none" ;;
      program) refused "^$name: error: $flag: '$work/file' is not an executable" "$script" "${value[@]}" "$work/file" ;;
      output | own-output) refused "^$name: error: $flag: '$work/file' is not a folder\$" "$script" "${value[@]}" "$work/file" ;;
      preset) refused "^$name: error: $flag: unknown preset 'none'; CMakePresets.json has release " "$script" "${value[@]}" none ;;
      one-of) refused "^$name: error: $flag: expected one of ${detail% required}, found 'none'\$" "$script" "${value[@]}" none ;;
    esac
    [[ $kind == own-output ]] || continue
    for wrong in "$root" "$work/tree/.warpgauge/../precious"; do # not deleted, whatever the path looks like
      refused "^$name: error: $flag: $wrong holds files that this script did not write" "$script" "${value[@]}" "$wrong"
    done
    refused "^$name: error: $flag: $work/link is a symbolic link" "$script" "${value[@]}" "$work/link"
  done <"$work/table"
  while read -r flag _; do
    [[ $flag == -- || $flag == --help ]] || grep -qE -- "^$flag " "$work/table" || fail "$name: --help lists $flag, which is not declared"
  done <"$work/help"
  grep -qx -- --help "$work/help" || fail "$name: the help does not list --help"
  [[ $name != gate.sh ]] || continue # asks compare for more flags; gate_script_test.sh
  refused "^$name: error: unknown argument '--nonsense'; see $path --help\$" "$script" --nonsense
  [[ $("$script" --nonsense 2>&1 | wc -l) -eq 1 ]] || fail "$name prints more than one line about a wrong argument"
done
[[ $flags -ge 90 ]] || fail "only $flags flags and arguments were found"
[[ ! -s $work/called ]] || fail "called because of a wrong argument: $(sort "$work/called" | uniq -c)"
[[ -e $work/tree/precious/thesis ]] || fail "a script deleted what is not its own"
[[ -e $work/tree/.warpgauge/last/process-1.json ]] || fail "a wrong argument deleted the last round"

# A change must not bring results, or the base that it is compared with.
git -C "$work/tree" init --quiet
git -C "$work/tree" add --force .warpgauge/last
for script in "$work"/tree/ci/*.sh; do
  [[ $(basename "$script") == lib*.sh ]] || ! grep -q '/lib.sh"' "$script" ||
    expect 1 "^$(basename "$script"): error: $work/tree tracks files in .warpgauge" env "PATH=$work/tools:$PATH" "$script"
done
rm -rf "$work/tree/.git"
echo /.warpgauge/ >"$work/tree/.gitignore"

# What a script gets: each form of a value, the last of two values, words with spaces, all that is behind `--`.
cat >"$work/tree/ci/sample.sh" <<'SCRIPT'
#!/usr/bin/env bash
# ci/sample.sh
source "$(dirname "$0")/lib.sh"
text='' number=1 switch=no operand='' others=() rest=()
parse_arguments "$@" <<'TABLE'
--text    text     text
--number  number   number 1
--switch  switch   yes
--add     others   pass
NAME      operand  text
...       others   rest
--        rest     rest
TABLE
printf '<%s>' "$text" "$number" "$switch" "$operand" "${others[*]}" "${rest[*]}"
SCRIPT
chmod +x "$work/tree/ci/sample.sh"
sample() { expect 0 "^$1\$" "$work/tree/ci/sample.sh" "${@:2}"; }
sample '<a b=c><8><yes><me><><>' --text 'a b=c' --number 08 --switch me
sample '<a b=c><8><no><me><><>' me '--text=a b=c' --number=4 --number=08
sample '<-x><1><no><><--add 1 --unknown --add v w><--text z>' --text -x --add=1 --unknown --add 'v w' -- --text z
sample '<><1><no><one><two><>' one two
# shellcheck disable=SC2016  # not expanded, here or there
sample '<><1><no><\*><--x\[\$\(touch pwned\)\] --add @ \[><>' '--x[$(touch pwned)]' --add @ '*' '['
[[ ! -e pwned ]] || fail "an argument was run"

# The presets are read without CMake and without Python.
expect 0 "^same$" /usr/bin/python3 -c 'import json, sys
known = [p["name"] for p in json.load(open(sys.argv[1]))["configurePresets"] if not p.get("hidden")]
print("same" if known == sys.argv[2].split() else f"{known} in the file, {sys.argv[2]} by the script")' \
  "$root/CMakePresets.json" "$(bash -c 'source "$1/ci/lib.sh" && presets' bash "$root")"

expect 2 "is not a configured build folder" "$root/ci/mutants.sh" --build "$work"
expect 2 "^measure.sh: error: --bin: there is no program $work/bench" "$root/ci/measure.sh" --processes 08 --bin "$work"
expect 2 "^nightly.sh: error: there is no program $work/bench" "$root/ci/nightly.sh" --bin "$work" --minutes 08 --seed 09
expect 2 "^nightly.sh: error: --bin is missing" "$root/ci/nightly.sh" --minutes 1
expect 1 "is not a bundle" "$root/ci/setup.sh" --bundle "$work"
mkdir "$work/bundle" && echo package >"$work/bundle/one.deb"
(cd "$work/bundle" && sha256sum ./one.deb >SHA256SUMS && echo changed >one.deb)
expect 1 "is damaged; make the bundle again" "$root/ci/setup.sh" --bundle "$work/bundle"

# fresh-machine.sh reads its commands from the README, without their comments. No command is an error.
fence=$(printf '\140%.0s' 1 2 3)
printf '#!/bin/sh\necho unshared\n' >"$work/tools/unshare" && chmod +x "$work/tools/unshare"
readme() { printf '<!-- tested: %s -->\n%s\n./ci/bench.sh\n%s\n' "$1" "${fence}sh" "$fence" >"$work/tree/README.md"; }
fresh_machine() { env "PATH=$work/tools:$PATH" "$work/tree/ci/fresh-machine.sh"; }
readme run
expect 2 "has no command under 'tested: help'" fresh_machine
readme help
if [[ $EUID -eq 0 ]]; then expect 0 "^unshared$" fresh_machine; else expect 2 "needs root" fresh_machine; fi

# A program built from a copy without .git reports the commit in WARPGAUGE_COMMIT.
if command -v cmake >/dev/null; then
  build_info() {
    env "WARPGAUGE_COMMIT=$1" cmake -D "SOURCE_DIR=$work" -D "OUTPUT=$work/build_info.cc" -P "$root/base/build_info.cmake"
  }
  expect 0 "" build_info v1-dirty
  grep -qxF 'const char kCommit[] = "v1-dirty";' "$work/build_info.cc" || fail "not the commit of WARPGAUGE_COMMIT"
  expect 0 "" build_info ""
  grep -qxF 'const char kCommit[] = "unknown";' "$work/build_info.cc" || fail "a commit outside git"
  expect 1 "WARPGAUGE_COMMIT is 'a\"b'; it takes" build_info 'a"b'
fi

# setup.sh names wheels with their versions, and finds one that is installed. --lint needs no wheel.
mkdir -p "$work/tree/.deps/venv/bin"
rm "$work/tools"/{cmake,apt-get,sudo,pip}
for tool in tools/dpkg-query tools/apt-get tree/.deps/venv/bin/zizmor; do
  printf '#!/bin/sh\n' >"$work/$tool" && chmod +x "$work/$tool"
done
setup=(env "PATH=$work/tools:$PATH" "$work/tree/ci/setup.sh" --check)
expect 1 "^setup.sh: missing Python tools \(to .deps/venv\): check-jsonschema==[0-9.]+( cmake==[0-9.]+)?\$" "${setup[@]}" --dev
expect 1 "^setup.sh: missing packages: .* libfmt-dev .* clang-format-14 shellcheck yamllint python3-jsonschema python3-numpy( python3-venv)?\$" "${setup[@]}" --lint
expect 1 " libfmt-dev .* libopenblas-dev( cmake)?( python3-venv)?\$" "${setup[@]}"
rm -r "$work/tree/.deps" "$work/tools/dpkg-query" "$work/tools/apt-get"

# .ci/run installs the linters, checks the format and runs the tests, also if the format is wrong.
mkdir -p "$work/run/ci"
cp -R "$root/.ci" "$work/run/" && cp "$root/ci/lib.sh" "$work/run/ci/"
for script in setup lint test; do
  # shellcheck disable=SC2016  # for the stand-in
  printf '#!/bin/sh\necho "%s $*" >>%s\nexit ${%s:-0}\n' "$script" "$work/steps" "${script^^}_EXIT" >"$work/run/ci/$script.sh"
  chmod +x "$work/run/ci/$script.sh"
done
# steps TEXT: the calls since the last time.
steps() { [[ $(paste -sd '|' "$work/steps") == "$1" ]] || fail "the steps are $(cat "$work/steps")"; rm "$work/steps"; }
expect 0 "" "$work/run/.ci/run" --preset asan -- -R compare
steps 'setup --lint|lint |test --preset asan -- -R compare'
LINT_EXIT=1 expect 1 "^run: error: the tests passed, but ci/lint.sh failed" "$work/run/.ci/run" --no-install
steps 'lint |test --no-install'
TEST_EXIT=1 expect 1 "" "$work/run/.ci/run"
steps 'setup --lint|lint |test '
SETUP_EXIT=1 expect 1 "" "$work/run/.ci/run"
steps 'setup --lint'

# lint.sh finds the sources of any folder, also new ones, but none that git ignores.
if command -v clang-format-14 >/dev/null; then
  mkdir -p "$work/lint/new/folder" "$work/lint/build" && cp -R "$root/ci" "$root/.clang-format" "$work/lint/"
  git init --quiet "$work/lint" && echo /build/ >"$work/lint/.gitignore"
  printf 'int   x;\n' >"$work/lint/build/ignored.cc"
  printf 'int x;\n' | tee "$work/lint/new/folder/a.cuh" >"$work/lint/b.cc"
  expect 0 "^lint.sh: 2 sources are formatted$" "$work/lint/ci/lint.sh"
  printf 'int   x;\n' >"$work/lint/new/folder/a.cuh"
  expect 1 "a.cuh:1:" "$work/lint/ci/lint.sh"
  expect 0 "" "$work/lint/ci/lint.sh" --fix
  expect 0 "" "$work/lint/ci/lint.sh"
  mkdir "$work/bare" && ln -s "$(command -v dirname)" "$(command -v basename)" "$work/bare/"
  expect 1 "is not installed; run ci/setup.sh --lint" env "PATH=$work/bare" "$(command -v bash)" "$work/lint/ci/lint.sh"
fi

# reproducible.sh uses no compiler cache, whatever its environment holds.
cat >"$work/tools/cmake" <<'STAND_IN'
#!/bin/sh
echo "cache off: $CCACHE_DISABLE; launchers: $(env | grep COMPILER_LAUNCHER)" >>"$RECORD"
mkdir -p build/release/bin && echo program >build/release/bin/program
STAND_IN
chmod +x "$work/tools/cmake"
git=(git -C "$work/tree" -c user.name=test -c user.email=test@example.org)
"${git[@]}" init --quiet && "${git[@]}" add . && "${git[@]}" commit --quiet --message first
expect 0 "1 files are bit-identical" env "PATH=$work/tools:$PATH" "RECORD=$work/record" CMAKE_CXX_COMPILER_LAUNCHER=ccache \
  CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache "$work/tree/ci/reproducible.sh"
[[ $(sort -u "$work/record") == "cache off: 1; launchers: " ]] || fail "a cache may be used: $(cat "$work/record")"
finish
