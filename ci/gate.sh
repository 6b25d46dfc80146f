#!/usr/bin/env bash
# ci/gate.sh [BASE_REF] [-- ARGS] - is the working tree slower than BASE_REF? Builds both, runs them in turn, says the verdict.
#
#   BASE_REF              (where this branch left main)
#   --filter RE           only cases whose name matches, for example 'flash_simd/.*/S:512'
#   --blocks A..B         blocks to begin with, and at most; each is base, head, head, base (6..24)
#   --process-seconds S   how long one process measures (10)
#   --preset NAME         release (default), cuda: the presets of CMakePresets.json
#   --out DIR             comparison.json, comparison.md, run/ with the raw results (.warpgauge/gate/last)
#   -- ARGS               for both programs, for example: -- --matrix seed
#
# For a repository other than warpgauge, whose suite is any Google Benchmark binary:
#   --repository DIR      its working tree (this one)
#   --build COMMAND       builds it; run by bash in the working tree, and in a checkout of BASE_REF
#   --bench PATH          the binary that this makes, seen from there
#   --compare PATH        warpgauge's compare (built from this tree)
#   --help
#
# Installs nothing: ci/setup.sh does. A built BASE_REF is kept in .warpgauge/gate/COMMIT, the last three of them, so that a
# second call only builds what changed. Exit: 0 pass; 1 regression, or wrong results; 2 usage; 3, 4, 5 as `compare`.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

base_ref='' preset=release out='' repository=$root build_command='' bench='' compare=''
ab=() arguments=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --filter | --blocks | --process-seconds) ab+=("$1" "$(value_of "$@")"); shift ;;
    --preset) preset=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    --repository) repository=$(value_of "$@"); shift ;;
    --build) build_command=$(value_of "$@"); shift ;;
    --bench) bench=$(value_of "$@"); shift ;;
    --compare) compare=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    --)
      shift
      arguments=("$@")
      break
      ;;
    -*) die "unknown argument '$1'; see $self --help" ;;
    *)
      [[ -z $base_ref ]] || die "two base commits, '$base_ref' and '$1'; see $self --help"
      base_ref=$1
      ;;
  esac
  shift
done
[[ -n $build_command || -z $bench ]] || die "--bench goes with --build; see $self --help"
[[ -z $build_command || -n $bench ]] || die "--build goes with --bench; see $self --help"
[[ -d $repository ]] || die "$repository is not a folder"
if [[ -n $compare ]]; then
  [[ -x $compare && -f $compare ]] || die "$compare is no program"
  compare=$(realpath -- "$compare")
fi
repository=$(cd "$repository" && pwd)
git -C "$repository" rev-parse --git-dir >/dev/null 2>&1 || exit_code=2 die "$repository is not a git repository"

readonly kept=$repository/.warpgauge/gate most_kept=3
out=${out:-$kept/last}

# resolve_base: the commit to compare with, its full name in $base.
resolve_base() {
  local main
  if [[ -n $base_ref ]]; then
    base=$(git -C "$repository" rev-parse --quiet --verify "$base_ref^{commit}") || die "there is no commit '$base_ref'"
    return
  fi
  for main in origin/HEAD origin/main main origin/master master; do
    if git -C "$repository" rev-parse --quiet --verify "$main^{commit}" >/dev/null; then
      base=$(git -C "$repository" merge-base "$main" HEAD) || die "HEAD and $main have no history in common; name a BASE_REF"
      break
    fi
  done
  [[ -n ${base:-} ]] || die "there is no branch main; name a BASE_REF"
  if [[ $base == "$(git -C "$repository" rev-parse HEAD)" && -z $(git -C "$repository" status --porcelain) ]]; then
    say "nothing to compare: the working tree is what main has; name another BASE_REF"
    exit 0
  fi
}

# build_tree TREE: one of the two sides, with the same commands. Its output is shown where it fails.
build_tree() {
  local log=$kept/build.log
  if [[ -n $build_command ]]; then
    (cd "$1" && bash -euo pipefail -c "$build_command") >"$log" 2>&1
  else
    have cmake || die "cmake is not here; run ci/setup.sh"
    (
      cd "$1"
      if have ccache; then
        export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
      fi
      { [[ -f build/$preset/CMakeCache.txt ]] || cmake --preset "$preset"; } &&
        cmake --build "build/$preset" --parallel "$(jobs)" --target bench
    ) >"$log" 2>&1
  fi || {
    tail -n 40 "$log" >&2
    exit_code=1 die "building $1 failed; all of it is in $log"
  }
}

# build_base: in a checkout of its own, once for each commit and way to build.
build_base() {
  local folder=$kept/$base stamp
  stamp=$(printf '%s\n' "$preset" "$build_command" "$bench")
  if [[ -d $folder/tree && $(cat "$folder/built" 2>/dev/null) == "$stamp" ]]; then
    touch "$folder/built"
    return
  fi
  say "building base, $(git -C "$repository" log -1 --format='%h %s' "$base" | cut -c 1-80)"
  if [[ ! -d $folder/tree ]]; then
    mkdir -p "$folder"
    git -C "$repository" worktree prune
    git -C "$repository" worktree add --quiet --force --detach "$folder/tree" "$base"
    [[ ! -d $repository/.deps ]] || ln -s "$repository/.deps" "$folder/tree/.deps"
  fi
  build_tree "$folder/tree"
  printf '%s\n' "$stamp" >"$folder/built"
}

# forget_old: what was built longest ago goes, with its checkout.
forget_old() {
  local folder
  find "$kept" -mindepth 2 -maxdepth 2 -name built -printf '%T@ %h\n' | sort -rn | tail -n +$((most_kept + 1)) | cut -d ' ' -f 2- |
    while IFS= read -r folder; do
      git -C "$repository" worktree remove --force "$folder/tree"
      rm -rf "$folder"
    done
}

if [[ -z $build_command ]]; then bench=build/$preset/bin/bench; fi
mkdir -p "$kept"
[[ -e $repository/.warpgauge/.gitignore ]] || echo '*' >"$repository/.warpgauge/.gitignore" # in any repository
resolve_base
build_base
say "building the working tree"
build_tree "$repository"
if [[ -z $compare ]]; then
  (cd "$root" && { [[ -f build/$preset/CMakeCache.txt ]] || cmake --preset "$preset"; } &&
    cmake --build "build/$preset" --parallel "$(jobs)" --target compare) >"$kept/build.log" 2>&1 ||
    exit_code=1 die "building compare failed; all of it is in $kept/build.log"
  compare=$root/build/$preset/bin/compare
fi
for tree in "$kept/$base/tree" "$repository"; do
  [[ -x $tree/$bench ]] || exit_code=1 die "$tree/$bench is not there after the build"
done
forget_old

say "base $(git -C "$repository" rev-parse --short "$base"), head the working tree; results in $out"
fresh_folder "$out"
exec "$compare" ab "$kept/$base/tree/$bench" "$repository/$bench" "${ab[@]}" --keep "$out/run" --json "$out/comparison.json" \
  --markdown "$out/comparison.md" ${arguments[0]+-- "${arguments[@]}"}
