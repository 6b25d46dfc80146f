# shellcheck shell=bash
# Shared by the scripts in ci/: messages, command lines, folders, the build. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
self=$(basename "$0")
script=ci/$self # as a message names it: a path from the root of the tree

# Python tools that setup.sh installed win over the system's. A CUDA toolkit comes last.
PATH=$deps/venv/bin:$PATH
for toolkit in /usr/local/cuda "$deps/cuda/nvidia/cu13"; do
  [[ ! -d $toolkit/bin ]] || PATH=$PATH:$toolkit/bin
done
export PATH

# refuse_tracked DIR: results and checkouts of base are kept in .warpgauge. A change that brings such files would bring the base
# that it is compared with.
refuse_tracked() {
  [[ -z $(git -C "$1" ls-files -- .warpgauge 2>/dev/null) ]] ||
    die "$1 tracks files in .warpgauge, where results are kept; remove them: git rm -r --cached .warpgauge"
}

# lock_tree DIR: waits until no other script builds or measures in this tree, and holds its lock until this script and the
# programs that it started have ended: two at once would mix their files, and disturb the times. Builds get no lock (8>&-): a
# server that a compiler cache starts would keep it.
lock_tree() {
  mkdir -p "$1/.warpgauge"
  : >>"$1/.warpgauge/lock"
  exec 8>>"$1/.warpgauge/lock"
  flock --nonblock 8 && return
  say "waiting: another script is building or measuring in $1"
  flock --wait "${WARPGAUGE_LOCK_SECONDS:-3600}" 8 || die "another script has held $1/.warpgauge/lock for too long"
}

say() { printf '%s: %s\n' "$self" "$*"; }
# die_with CODE TEXT, die TEXT (1), usage_error TEXT (2): print an error and end the script.
die_with() {
  printf '%s: error: %s\n' "$self" "${*:2}" >&2 || true
  exit "$1"
}
# A command for files that fails ends the script with 5, as in `compare`: the 1 of mkdir is not "a case was wrong". Other
# commands whose failure nobody expects end it with their own code.
failed_command() {
  local code=$1 command=$2
  case ${command%%[ $'\n']*} in
    mkdir | cp | mv | rm | rmdir | touch | ln | mktemp | chmod | printf | echo | cat | tee | exec | :)
      die_with 5 "a file cannot be written, or read: $command; is the disk full or read-only?"
      ;;
  esac
  exit "$code"
}
set -E
trap 'failed_command "$?" "$BASH_COMMAND"' ERR
# is_disk_full LOG: whether a build failed because of the disk.
is_disk_full() { grep -qE 'No space left on device|Read-only file system|Disk quota exceeded' "$1"; }
# logged_to FILE COMMAND... || code=$?: stdout of the command also goes to the file. Ends with the code of the command, or 5 if the
# file cannot be written.
logged_to() {
  local codes
  "${@:2}" | tee "$1"
  codes=("${PIPESTATUS[@]}")
  [[ ${codes[1]} -eq 0 ]] || return 5
  return "${codes[0]}"
}
die() { die_with 1 "$@"; }
usage_error() { die_with 2 "$@"; }
have() { command -v "$1" >/dev/null 2>&1; }

# usage FILE: prints the comment at the head of a script, which is its help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

# parse_arguments ARGUMENT... <TABLE: sets the variables of a script from its command line. --help prints the help.
# An argument that the table does not allow ends the script with 2. A line of TABLE is NAME VARIABLE KIND [required]:
#
#   --flag  variable  text           a value that is not empty, as `--flag VALUE` or `--flag=VALUE`
#   --flag  variable  number LEAST   a whole number >= LEAST; leading zeros are dropped, which bash reads as octal
#   --flag  variable  percentage     0 to 100, digits after the point allowed
#   --flag  variable  folder         an existing folder
#   --flag  variable  program        an existing executable file
#   --flag  variable  output         a folder that exists or can be made
#   --flag  variable  own-output     the same, and the script may delete what is in it (fresh_folder)
#   --flag  variable  preset         a preset of CMakePresets.json
#   --flag  variable  one-of WORD... one of these words
#   --flag  variable  yes            no value; the variable becomes this word. Also: no
#   --flag  array     pass           a value; flag and value are appended to the array, for another program
#   --flag  array     pass-switch    no value; the flag is appended
#   NAME    variable  KIND           an argument without a flag; the first line of this form takes the first one
#   NAME    array     rest           the first argument without a flag and all that follow it
#   --      array     rest           all arguments after `--`
#   ...     array     rest           each argument that no other line allows
#
# Its own variables begin with arg_, so that a script's variables are not hidden by them.
parse_arguments() {
  # shellcheck disable=SC2034 # for continue_as_caller
  command_line=("$@")
  local -A arg_variable=() arg_kind=() arg_missing=()
  local arg_operands=() arg_name arg_target arg_how
  while read -r arg_name arg_target arg_how; do
    [[ $arg_how != *' required' ]] || arg_missing[$arg_name]=yes
    arg_variable[$arg_name]=$arg_target arg_kind[$arg_name]=${arg_how% required}
    [[ $arg_name == -* || $arg_name == ... ]] || arg_operands+=("$arg_name")
  done
  while [[ $# -gt 0 ]]; do
    arg_name=${1%%=*}
    if [[ $1 == -h || $1 == --help ]]; then
      usage "$0"
      exit 0
    elif [[ $1 == -- && -n ${arg_kind[--]:-} ]]; then
      append_arguments "${arg_variable[--]}" "${@:2}"
      break
    elif [[ $1 == --* && -n ${arg_kind[$arg_name]:-} ]]; then
      take_flag "$@"
      [[ $1 == *=* || ${arg_kind[$arg_name]} =~ ^(yes|no|pass-switch)$ ]] || shift
      unset "arg_missing[$arg_name]"
    elif [[ $1 != -* && ${#arg_operands[@]} -gt 0 ]]; then
      arg_name=${arg_operands[0]}
      unset "arg_missing[$arg_name]"
      if [[ ${arg_kind[$arg_name]} == rest ]]; then
        append_arguments "${arg_variable[$arg_name]}" "$@"
        break
      fi
      take_value "$1"
      arg_operands=("${arg_operands[@]:1}")
    elif [[ -n ${arg_kind[...]:-} ]]; then
      append_arguments "${arg_variable[...]}" "$1"
    else
      usage_error "unknown argument '$1'; see $script --help"
    fi
    shift
  done
  for arg_name in "${!arg_missing[@]}"; do
    usage_error "$arg_name is missing; see $script --help"
  done
}

# append_arguments ARRAY TEXT...
append_arguments() {
  local -n arg_array=$1
  arg_array+=("${@:2}")
}

# take_flag FLAG[=VALUE] [VALUE]: one flag that parse_arguments knows, its $arg_name.
take_flag() {
  case ${arg_kind[$arg_name]} in
    yes | no) printf -v "${arg_variable[$arg_name]}" %s "${arg_kind[$arg_name]}" ;;
    pass-switch) append_arguments "${arg_variable[$arg_name]}" "$arg_name" ;;
    *)
      if [[ $1 == *=* ]]; then
        take_value "${1#*=}"
      elif [[ ${2:-} == --* && -n ${arg_kind[${2%%=*}]:-} ]]; then
        take_value ''
      else
        take_value "${2:-}"
      fi
      return
      ;;
  esac
  [[ $1 != *=* ]] || usage_error "$arg_name takes no value; see $script --help"
}

# take_value VALUE: checks it by the kind of $arg_name and stores it.
take_value() {
  local arg_value=$1 arg_detail
  read -r arg_how arg_detail <<<"${arg_kind[$arg_name]}"
  [[ -n $arg_value ]] || usage_error "$arg_name needs a value; see $script --help"
  case $arg_how in
    number)
      [[ $arg_value =~ ^[0-9]{1,9}$ && $((10#$arg_value)) -ge $arg_detail ]] ||
        usage_error "$arg_name: expected a whole number >= $arg_detail, found '$arg_value'"
      arg_value=$((10#$arg_value))
      ;;
    percentage)
      [[ $arg_value =~ ^(100|[0-9]{1,2}(\.[0-9]+)?)$ ]] ||
        usage_error "$arg_name: expected a percentage from 0 to 100, found '$arg_value'"
      ;;
    folder) [[ -d $arg_value ]] || usage_error "$arg_name: there is no folder '$arg_value'" ;;
    program) [[ -f $arg_value && -x $arg_value ]] || usage_error "$arg_name: '$arg_value' is not an executable file" ;;
    output | own-output)
      [[ -d $arg_value || ! -e $arg_value ]] || usage_error "$arg_name: '$arg_value' is not a folder"
      [[ $arg_how == output ]] || check_fresh "$arg_name" "$arg_value"
      ;;
    preset)
      grep -qxF -- "$arg_value" <<<"$(presets)" ||
        usage_error "$arg_name: unknown preset '$arg_value'; CMakePresets.json has $(presets | paste -sd ' ')"
      ;;
    one-of)
      [[ " $arg_detail " == *" $arg_value "* ]] || usage_error "$arg_name: expected one of $arg_detail, found '$arg_value'"
      ;;
    pass)
      append_arguments "${arg_variable[$arg_name]}" "$arg_name" "$arg_value"
      return
      ;;
  esac
  printf -v "${arg_variable[$arg_name]}" %s "$arg_value"
}

# presets: one a line. Each has a build preset of its name, on one line of the file; CMake may not be installed yet.
presets() { sed -n 's/.*{"name": "\([^"]*\)", "configurePreset": "\1"}.*/\1/p' "$root/CMakePresets.json"; }

# offers PROGRAM SUBCOMMAND FLAG: whether its help lists the flag. `compare` may be older than the scripts.
offers() { grep -qE -- "^ +$3( |\$)" <<<"$("$1" "$2" --help 2>/dev/null)"; }

# check_selection BIN MATRIX FILTER [BENCH ARGS]: ends the script with 2 unless the programs accept these arguments and a
# case remains. Measures nothing, deletes nothing.
check_selection() {
  local bin=$1 matrix=$2 filter=$3 code=0
  "$bin/bench" --matrix "$matrix" ${filter:+"--benchmark_filter=$filter"} "${@:4}" --benchmark_list_tests >/dev/null || code=$?
  case $code in
    0) ;;
    1 | 2) usage_error "bench does not accept these arguments, see the line above; nothing was measured" ;;
    *) die "bench could not list its cases: it ended with exit code $code" ;;
  esac
  [[ -n $filter ]] && offers "$bin/compare" ab --check || return 0
  "$bin/compare" ab --check "$bin/bench" "$bin/bench" --filter "$filter" ||
    usage_error "compare does not accept these arguments, see the line above; nothing was measured"
}

# baseline_name MATRIX: the file of its stored rounds, as `compare` names it.
baseline_name() {
  local matrix=$1
  [[ $matrix != smoke ]] || matrix=smoke-rounds # smoke.json holds the minima of the smoke test
  printf '%s.json' "$matrix"
}

# baseline_file FINGERPRINT MATRIX: that file, under baselines/.
baseline_file() { printf '%s/%s' "$1" "$(baseline_name "$2")"; }

# check_fresh NAME DIR: whether fresh_folder may delete what is in DIR: a script made it, or it is empty or absent. Links and
# `..` are followed first: `.warpgauge/../x` and a link named .warpgauge are no folders of ours.
check_fresh() {
  [[ ! -L ${2%/} ]] || usage_error "$1: $2 is a symbolic link; name the folder that it points to"
  if [[ -e $2 && ! -e $2/.made-by-warpgauge && $(realpath -m -- "$2") != */.warpgauge/* && -n $(ls -A "$2") ]]; then
    usage_error "$1: $2 holds files that this script did not write and would delete; name an empty or a new folder"
  fi
}

# fresh_folder DIR: an empty folder.
fresh_folder() {
  check_fresh --out "$1"
  rm -rf "$1"
  mkdir -p "$1"
  : >"$1/.made-by-warpgauge"
}

refuse_tracked "$root"

# version_at_least HAVE WANT
version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

jobs() { nproc 2>/dev/null || echo 2; }

# continue_as_caller: with `sudo ci/x.sh` only the installation needs root. What is built and measured belongs to the caller.
continue_as_caller() {
  [[ $EUID -eq 0 && -n ${SUDO_UID:-} && $SUDO_UID -ne 0 && $(stat -c %u "$root") -eq $SUDO_UID ]] || return 0
  exec sudo -u "#$SUDO_UID" -H -- "$root/$script" --no-install "${command_line[@]}"
}

# prepare INSTALL(yes|no): afterwards the packages that a build needs are installed.
prepare() {
  if [[ $1 == yes ]]; then
    "$root/ci/setup.sh"
  else
    "$root/ci/setup.sh" --check >/dev/null || say "some packages are missing; ci/setup.sh --check lists them"
  fi
}

# build PRESET [TARGET...]: configures and builds. Prints the output of CMake only if that fails.
build() {
  local preset=$1 folder=$root/build/$1 log
  shift
  have cmake || die "CMake is not installed; run ci/setup.sh"
  if have ccache; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  fi
  mkdir -p "$folder"
  log=$folder/configure.log
  : >"$log"
  say "configuring $preset in build/$preset"
  (cd "$root" && cmake --preset "$preset" >"$log" 2>&1) || {
    tail -n 40 "$log" >&2
    ! is_disk_full "$log" || die_with 5 "configuring $preset failed: the disk is full or read-only"
    die "configuring $preset failed; the full output is in build/$preset/configure.log"
  }
  grep -E '^-- CUDA:' "$log" || true
  say "building $preset with $(jobs) jobs"
  (cd "$root" && cmake --build "build/$preset" --parallel "$(jobs)" ${1:+--target "$@"}) || die "building $preset failed"
}
