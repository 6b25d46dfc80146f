#!/usr/bin/env bash
# ci/build-programs.sh --out DIR - builds the programs of this checkout and packs them, for a machine that only runs them.
#
#   --out DIR       leaves programs.tar there
#   --preset NAME   cuda (default), release...: the presets of CMakePresets.json
#   --no-install    use what is here
#   --help
#
# A tar file, because artifacts of a workflow lose the executable bit.
# Exit: 0; 1 a build failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

out='' preset=cuda install=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --out) out=$(value_of "$@"); shift ;;
    --preset) preset=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $out ]] || die "--out is missing; see $self --help"

if [[ $install == yes ]]; then
  if [[ $preset == cuda ]]; then "$root/ci/setup.sh" --cuda; else "$root/ci/setup.sh"; fi
fi
build "$preset" bench fuzz compare
mkdir -p "$out"
tar -C "$root/build/$preset/bin" -cf "$out/programs.tar" bench fuzz compare
say "packed $(du -h "$out/programs.tar" | cut -f 1) of $(git -C "$root" rev-parse --short HEAD) into $out/programs.tar"
