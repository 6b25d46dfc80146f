# shellcheck shell=bash
# What the scripts in ci/ share: speaking, failing, finding the tree and the tools. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
self=$(basename "$0")

# Tools that setup.sh could only get as Python wheels, and libraries from an offline bundle, win over the system's.
PATH=$deps/venv/bin:$PATH
for toolkit in /usr/local/cuda "$deps/cuda/nvidia/cu13"; do
  [[ ! -d $toolkit/bin ]] || PATH=$PATH:$toolkit/bin
done
export PATH

say() { printf '%s: %s\n' "$self" "$*"; }
die() {
  printf '%s: %s\n' "$self" "$*" >&2
  exit "${exit_code:-2}"
}
have() { command -v "$1" >/dev/null 2>&1; }

# usage FILE: the comment at the head of a script is its help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

# value_of FLAG [VALUE]: the value of a command-line flag, or one clear line.
value_of() {
  [[ $# -ge 2 && -n $2 ]] || die "$1 needs a value; see $self --help"
  printf '%s' "$2"
}

# whole_number FLAG VALUE LEAST: VALUE without leading zeros, which bash would take for octal, or one clear line.
whole_number() {
  [[ $2 =~ ^[0-9]{1,9}$ && $((10#$2)) -ge $3 ]] || die "$1 is '$2'; it takes a whole number, $3 or more"
  printf '%s' $((10#$2))
}

# baseline_name MATRIX: the file of its stored rounds, as `compare` names it (compare/baseline/baseline.h).
baseline_name() {
  local matrix=$1
  [[ $matrix != smoke ]] || matrix=smoke-rounds # smoke.json holds the smoke test's minima
  printf '%s.json' "$matrix"
}

# baseline_file FINGERPRINT MATRIX: that file, under baselines/.
baseline_file() { printf '%s/%s' "$1" "$(baseline_name "$2")"; }

# fresh_folder DIR: empty. What stands there is deleted where a script of ours made it, and only there: --out may name anything.
fresh_folder() {
  local mark=$1/.made-by-warpgauge
  if [[ -e $1 && ! -e $mark && $1 != */.warpgauge/* && -n $(ls -A "$1") ]]; then
    die "$1 holds what this script did not write, and would delete; name another folder, or a new one"
  fi
  rm -rf "$1"
  mkdir -p "$1"
  : >"$mark"
}

# version_at_least HAVE WANT
version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

jobs() { nproc 2>/dev/null || echo 2; }

# With `sudo ci/x.sh` only the installing needs root: what is built and measured should belong to the one who called.
continue_as_caller() {
  [[ $EUID -eq 0 && -n ${SUDO_UID:-} && $SUDO_UID -ne 0 && $(stat -c %u "$root") -eq $SUDO_UID ]] || return 0
  exec sudo -u "#$SUDO_UID" -H -- "$root/ci/$self" --no-install "$@"
}

# prepare INSTALL(yes|no): everything that a build needs is here afterwards.
prepare() {
  if [[ $1 == yes ]]; then
    "$root/ci/setup.sh"
  else
    "$root/ci/setup.sh" --check >/dev/null || say "some packages are missing (ci/setup.sh --check lists them); going on without"
  fi
}

# build PRESET [TARGET...]: configures once, then builds what changed. Configuring is told in full only where it fails.
build() {
  local preset=$1 folder=$root/build/$1 log
  shift
  have cmake || die "cmake is not here; run ci/setup.sh"
  if have ccache; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  fi
  mkdir -p "$folder"
  log=$folder/configure.log
  say "configuring $preset in build/$preset"
  (cd "$root" && cmake --preset "$preset" >"$log" 2>&1) || {
    tail -n 40 "$log" >&2
    exit_code=1 die "configuring $preset failed; all of it is in build/$preset/configure.log"
  }
  grep -E '^-- CUDA:' "$log" || true
  say "building $preset with $(jobs) jobs"
  (cd "$root" && cmake --build "build/$preset" --parallel "$(jobs)" ${1:+--target "$@"}) || exit_code=1 die "building $preset failed"
}
