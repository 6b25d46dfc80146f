#!/usr/bin/env bash
# ci/gate.sh [BASE_REF] [-- ARGS] - reports whether the working tree is slower than BASE_REF: builds both, runs them
# interleaved, prints the verdict.
#
#   BASE_REF              a commit (default: the commit where this branch left main)
#   --preset NAME         a preset of CMakePresets.json: release (default), cuda
#   --out DIR             where comparison.json, comparison.md and the raw results (run/) go (.warpgauge/gate/last)
#   -- ARGS               arguments for both benchmark programs, for example: -- --matrix seed
#
# Every flag of `compare ab`, except --keep, is also a flag of this script. `build/release/bin/compare ab --help` lists them.
# Three examples: --filter 'cpu/blas/.*/S:512' selects cases, --blocks 6..12 limits the number of blocks, --fail-above 3%
# sets the threshold. A relative path in such a flag starts from the current folder. If --json or --markdown names another
# file, DIR gets a copy.
#
# To compare the Google Benchmark program of another repository:
#   --repository DIR      its working tree (this one)
#   --build COMMAND       the command that builds it; bash runs it in the working tree and in a checkout of BASE_REF
#   --bench PATH          the benchmark program, as a path in that tree
#   --compare PATH        an existing compare program (default: built from this tree)
#   --help
#
# Missing submodules are checked out on both sides. If base does not have the suite (no such target or program, or its bench does
# not know the matrix), all cases are new, and the script passes.
#
# Installs nothing; run ci/setup.sh first. Flags are checked before either side is built, ARGS after the working tree is built.
# The builds of the last three base commits are kept in .warpgauge/gate/COMMIT, so a second run builds only what changed.
# Exit: 0 pass, or nothing to compare; 1 regression, wrong results, or a build failed; 2 usage; 3, 4, 5 as `compare`.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=release out='' repository=$root build_command='' bench='' compare=''
others=() arguments=()
parse_arguments "$@" <<'TABLE'
--preset       preset         preset
--out          out            own-output
--repository   repository     folder
--build        build_command  text
--bench        bench          text
--compare      compare        program
--             arguments      rest
...            others         rest
TABLE
[[ -n $build_command || -z $bench ]] || usage_error "--bench needs --build; see $script --help"
[[ -z $build_command || -n $bench ]] || usage_error "--build needs --bench; see $script --help"
repository=$(cd "$repository" && pwd)
git -C "$repository" rev-parse --git-dir >/dev/null 2>&1 || usage_error "--repository: $repository is not a git repository"
refuse_tracked "$repository"
[[ -n $build_command ]] || bench=build/$preset/bin/bench

readonly kept=$repository/.warpgauge/gate log=$repository/.warpgauge/gate/build.log most_kept=3
out=${out:-$kept/last}

# build_failed TREE: ends the script with the end of the build's output.
build_failed() {
  tail -n 40 "$log" >&2
  ! is_disk_full "$log" || die_with 5 "building $1 failed: the disk is full or read-only; the full output is in $log"
  die "building $1 failed; the full output is in $log"
}

# cmake_build TREE TARGET: with the preset. Base and this tree share the compiler cache.
cmake_build() {
  : >"$log" # if it cannot be written, an old one must not be read in its place
  (
    cd "$1"
    if have ccache; then
      export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
    fi
    { [[ -f build/$preset/CMakeCache.txt ]] || cmake --preset "$preset"; } &&
      cmake --build "build/$preset" --parallel "$(jobs)" --target "$2"
  ) >"$log" 2>&1 8>&- || lacks_target "$1" || build_failed "$1"
}

# build_tree TREE: one of the two sides. Both are built by the same commands.
build_tree() {
  add_submodules "$1"
  : >"$log"
  if [[ -n $build_command ]]; then
    (cd "$1" && bash -euo pipefail -c "$build_command") >"$log" 2>&1 8>&- || lacks_target "$1" || build_failed "$1"
  else
    cmake_build "$1" bench
  fi
}

# lacks_target TREE: whether the build of base ended because the tree has no such target: the suite is newer than the tree.
lacks_target() {
  [[ $1 == "$kept"/* ]] &&
    grep -qE "^(ninja|make.*): (error: unknown target '|\*\*\* No rule to make target '[^']*'\.  Stop)" "$log"
}

# add_submodules TREE: checks out the submodules that TREE lacks. Those that are there stay as they are.
add_submodules() {
  local missing
  [[ -e $1/.gitmodules ]] || return 0
  missing=$(git -C "$1" submodule status | sed -nE 's/^-[0-9a-f]+ //p')
  [[ -n $missing ]] || return 0
  mapfile -t missing <<<"$missing"
  git -C "$1" submodule update --quiet --init --recursive -- "${missing[@]}" >"$log" 2>&1 ||
    die "the submodules of $1 could not be checked out: $(tail -n 1 "$log")"
}

find_compare() {
  if [[ -z $compare ]]; then
    say "building compare"
    cmake_build "$root" compare
    compare=$root/build/$preset/bin/compare
  fi
  compare=$(realpath -- "$compare")
}

# flags_of_ab: the flags of `compare ab` as lines for parse_arguments. A flag with a value has the value's type behind it.
flags_of_ab() {
  local name type
  "$compare" ab --help | sed -nE 's/^ +(-[A-Za-z],)?(--[a-z-]+)( ([^ ]+))?.*/\2 \4/p' |
    while read -r name type; do
      case $name in
        --help | --keep) ;;
        --check) echo "$name check yes" ;;
        --json | --markdown) echo "$name ${name#--} text" ;;
        *) if [[ -n $type ]]; then echo "$name ab pass"; else echo "$name ab pass-switch"; fi ;;
      esac
    done
}

# resolve_base: sets $base to the full name of the commit to compare with.
resolve_base() {
  local main
  if [[ -n $base_ref ]]; then
    base=$(git -C "$repository" rev-parse --quiet --verify "$base_ref^{commit}") ||
      usage_error "BASE_REF: there is no commit '$base_ref'"
    return
  fi
  for main in origin/HEAD origin/main main origin/master master; do
    if git -C "$repository" rev-parse --quiet --verify "$main^{commit}" >/dev/null; then
      base=$(git -C "$repository" merge-base "$main" HEAD) ||
        usage_error "HEAD and $main have no common history; name a BASE_REF"
      break
    fi
  done
  [[ -n ${base:-} ]] || usage_error "there is no branch main; name a BASE_REF"
  if [[ $base == "$(git -C "$repository" rev-parse HEAD)" && -z $(git -C "$repository" --no-optional-locks status --porcelain) ]]; then
    say "nothing to compare: the working tree is equal to main; name another BASE_REF"
    exit 0
  fi
}

# build_base: in its own checkout, once for each commit and build command.
build_base() {
  local folder=$kept/$base
  if [[ -e $folder/built && $(cat "$folder/built") == "$(stamp_of_base)" ]]; then
    touch "$folder/built"
    return
  fi
  say "building base: $(git -C "$repository" log -1 --format='%h %s' "$base" | cut -c 1-80)"
  is_checkout "$folder/tree" || check_out_base "$folder"
  rm -f "$folder/built" "$folder/tree/$bench" # of another build command
  build_tree "$folder/tree"
  stamp_of_base >"$folder/built.partial"
  mv "$folder/built.partial" "$folder/built"
}

# stamp_of_base: what the build of base was made from and by, and the program that it left.
stamp_of_base() {
  local tree=$kept/$base/tree
  git -C "$tree" rev-parse HEAD 'HEAD^{tree}' 2>/dev/null || echo "no checkout"
  printf '%s\n' "$preset" "$build_command" "$bench" | sha256sum
  sha256sum 2>/dev/null <"$tree/$bench" || echo "no program"
}

# is_checkout TREE: whether it is a checkout of base, and whole. Without its .git, git would answer for a folder above it.
is_checkout() { [[ -e $1/.git && $(git -C "$1" rev-parse HEAD 2>/dev/null) == "$base" ]]; }

# check_out_base FOLDER: makes FOLDER/tree. It has another name until it is whole: this script may be killed at any moment.
check_out_base() {
  local tree
  for tree in "$1/tree" "$1/tree.partial"; do
    git -C "$repository" worktree remove --force --force "$tree" 2>/dev/null || true # locked while it was being made
  done
  rm -rf "$1"
  mkdir -p "$1"
  git -C "$repository" worktree prune
  git -C "$repository" worktree add --quiet --force --detach "$1/tree.partial" "$base" ||
    die_with 5 "base cannot be checked out in $1; is the disk full or read-only?"
  [[ ! -d $repository/.deps ]] || ln -s "$repository/.deps" "$1/tree.partial/.deps"
  git -C "$repository" worktree move "$1/tree.partial" "$1/tree"
}

# base_has_suite: whether base has the program, and the program accepts ARGS. Those of another repository are not checked.
base_has_suite() {
  local code=0
  [[ -x $kept/$base/tree/$bench ]] || return 1
  [[ -z $build_command ]] || return 0
  "$kept/$base/tree/$bench" "${arguments[@]}" --benchmark_list_tests >/dev/null 2>&1 || code=$?
  [[ $code -ne 2 ]]
}

# empty_suite: a program that lists no case, in place of a base without the suite. Then all cases of head are new.
empty_suite() {
  printf '#!/bin/sh\n# Stands for a base without the suite: lists no case.\n' >"$kept/empty-suite"
  chmod +x "$kept/empty-suite"
  printf '%s\n' "$kept/empty-suite"
}

# forget_old: removes all builds of a base but the last three used, with their checkouts.
forget_old() {
  local folder
  find "$kept" -mindepth 2 -maxdepth 2 -name built -printf '%T@ %h\n' | sort -rn | tail -n +$((most_kept + 1)) | cut -d ' ' -f 2- |
    while IFS= read -r folder; do
      git -C "$repository" worktree remove --force "$folder/tree"
      rm -rf "$folder"
    done
}

mkdir -p "$kept"
[[ -e $repository/.warpgauge/.gitignore ]] || echo '*' >"$repository/.warpgauge/.gitignore" # in any repository
lock_tree "$repository"
find_compare
ab=() base_ref='' check=no json=$out/comparison.json markdown=$out/comparison.md
parse_arguments "${others[@]}" < <(flags_of_ab && echo BASE_REF base_ref text)
resolve_base
command=("$compare" ab "$kept/$base/tree/$bench" "$repository/$bench" "${ab[@]}" --json "$json" --markdown "$markdown")
behind=(${arguments[0]+-- "${arguments[@]}"})
mkdir -p "$out" # where the reports go; it stays empty until the run
! offers "$compare" ab --check || "${command[@]}" --check "${behind[@]}"
[[ $check == no ]] || exit 0
say "building the working tree"
build_tree "$repository"
[[ -x $repository/$bench ]] || die "the build left no program $repository/$bench"
if [[ -z $build_command ]]; then
  "$repository/$bench" "${arguments[@]}" --benchmark_list_tests >/dev/null ||
    usage_error "bench does not accept these arguments: ${arguments[*]}"
fi
build_base
forget_old
if ! base_has_suite; then
  say "base does not have this suite, so all cases are new"
  command[2]=$(empty_suite)
fi

say "base is $(git -C "$repository" rev-parse --short "$base"), head is the working tree; results in $out"
fresh_folder "$out"
command+=(--keep "$out/run" "${behind[@]}")
if [[ $json == "$out/comparison.json" && $markdown == "$out/comparison.md" ]]; then
  exec "${command[@]}"
fi
code=0
if [[ $json == - ]]; then
  logged_to "$out/comparison.json" "${command[@]}" || code=$?
elif [[ $markdown == - ]]; then
  logged_to "$out/comparison.md" "${command[@]}" || code=$?
else
  "${command[@]}" || code=$?
fi
[[ ! -s $json || $json -ef $out/comparison.json ]] || cp "$json" "$out/comparison.json"
[[ ! -s $markdown || $markdown -ef $out/comparison.md ]] || cp "$markdown" "$out/comparison.md"
exit "$code"
