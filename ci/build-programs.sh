#!/usr/bin/env bash
# ci/build-programs.sh - builds the programs of this checkout and packs them, for a machine that only runs them.
#
#   --out DIR       where the archive programs.tar goes (required)
#   --preset NAME   a preset of CMakePresets.json: cuda (default), release
#   --no-install    install nothing
#   --help
#
# The programs are in a tar file because the artifacts of a workflow lose the executable bit.
# Exit: 0; 1 a build failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

out='' preset=cuda install=yes
parse_arguments "$@" <<'TABLE'
--out         out      output required
--preset      preset   preset
--no-install  install  no
TABLE

if [[ $install == yes ]]; then
  if [[ $preset == cuda ]]; then "$root/ci/setup.sh" --cuda; else "$root/ci/setup.sh"; fi
fi
build "$preset" bench fuzz compare
mkdir -p "$out"
tar -C "$root/build/$preset/bin" -cf "$out/programs.tar" bench fuzz compare
say "packed $(du -h "$out/programs.tar" | cut -f 1) of commit $(git -C "$root" rev-parse --short HEAD) into $out/programs.tar"
