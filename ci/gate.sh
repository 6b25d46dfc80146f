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
[[ -n $build_command ]] || bench=build/$preset/bin/bench

readonly kept=$repository/.warpgauge/gate log=$repository/.warpgauge/gate/build.log most_kept=3
out=${out:-$kept/last}

# build_failed TREE: ends the script with the end of the build's output.
build_failed() {
  tail -n 40 "$log" >&2
  die "building $1 failed; the full output is in $log"
}

# cmake_build TREE TARGET: with the preset. Base and this tree share the compiler cache.
cmake_build() {
  (
    cd "$1"
    if have ccache; then
      export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
    fi
    { [[ -f build/$preset/CMakeCache.txt ]] || cmake --preset "$preset"; } &&
      cmake --build "build/$preset" --parallel "$(jobs)" --target "$2"
  ) >"$log" 2>&1 || build_failed "$1"
}

# build_tree TREE: one of the two sides. Both are built by the same commands.
build_tree() {
  if [[ -n $build_command ]]; then
    (cd "$1" && bash -euo pipefail -c "$build_command") >"$log" 2>&1 || build_failed "$1"
  else
    cmake_build "$1" bench
  fi
  [[ -x $1/$bench ]] || die "the build left no program $1/$bench"
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
  if [[ $base == "$(git -C "$repository" rev-parse HEAD)" && -z $(git -C "$repository" status --porcelain) ]]; then
    say "nothing to compare: the working tree is equal to main; name another BASE_REF"
    exit 0
  fi
}

# build_base: in its own checkout, once for each commit and build command.
build_base() {
  local folder=$kept/$base stamp
  stamp=$(printf '%s\n' "$preset" "$build_command" "$bench")
  if [[ -d $folder/tree && $(cat "$folder/built" 2>/dev/null) == "$stamp" ]]; then
    touch "$folder/built"
    return
  fi
  say "building base: $(git -C "$repository" log -1 --format='%h %s' "$base" | cut -c 1-80)"
  if [[ ! -d $folder/tree ]]; then
    mkdir -p "$folder"
    git -C "$repository" worktree prune
    git -C "$repository" worktree add --quiet --force --detach "$folder/tree" "$base"
    [[ ! -d $repository/.deps ]] || ln -s "$repository/.deps" "$folder/tree/.deps"
  fi
  build_tree "$folder/tree"
  printf '%s\n' "$stamp" >"$folder/built"
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
if [[ -z $build_command ]]; then
  "$repository/$bench" "${arguments[@]}" --benchmark_list_tests >/dev/null ||
    usage_error "bench does not accept these arguments: ${arguments[*]}"
fi
build_base
forget_old

say "base is $(git -C "$repository" rev-parse --short "$base"), head is the working tree; results in $out"
fresh_folder "$out"
command+=(--keep "$out/run" "${behind[@]}")
if [[ $json == "$out/comparison.json" && $markdown == "$out/comparison.md" ]]; then
  exec "${command[@]}"
fi
code=0
if [[ $json == - ]]; then
  "${command[@]}" | tee "$out/comparison.json" || code=$?
elif [[ $markdown == - ]]; then
  "${command[@]}" | tee "$out/comparison.md" || code=$?
else
  "${command[@]}" || code=$?
fi
[[ ! -s $json || $json -ef $out/comparison.json ]] || cp "$json" "$out/comparison.json"
[[ ! -s $markdown || $markdown -ef $out/comparison.md ]] || cp "$markdown" "$out/comparison.md"
exit "$code"
