#!/usr/bin/env bash
# ci/offline-bundle.sh DIR - packs the libraries that warpgauge needs into DIR, for a machine without a package registry.
#
#   DIR            where the packages go
#   --no-install   has no effect, because this script never installs anything
#   --help
#
# On that machine, run ci/setup.sh --bundle DIR or ci/gpu.sh --bundle DIR. The machine needs a compiler, CMake 3.25, Ninja and
# dpkg-deb (part of Debian and Ubuntu). Its distribution may differ, because the libraries are archives or need only libc.
# Exit: 0 packed; 1 a package could not be downloaded, or the bundle is too large; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

readonly limit_mb=60
# The packages that hold the files, not those that only depend on them. As in setup.sh, without the tools.
packages=(libbenchmark-dev libbenchmark1debian libgtest-dev libgmock-dev nlohmann-json3-dev libcli11-dev libre2-dev
  libfmt-dev libexpat1-dev libboost-dev libboost-context-dev libopenblas-pthread-dev)

dir=''
parse_arguments "$@" <<'TABLE'
DIR           dir      output required
--no-install  install  no
TABLE
have apt-get || die "apt-get is not installed; make the bundle on Debian or Ubuntu"

# depends PACKAGE PATTERN: the first dependency whose name matches.
depends() { apt-cache depends "$1" | sed -nE "s/^ *Depends: ($2)\$/\1/p" | head -n 1; }

# real_package NAME: libboost-dev and similar packages only depend on the current version, whose package has the files.
real_package() {
  local real
  real=$(depends "$1" "${1%-dev}[0-9.]+-dev")
  printf '%s\n' "${real:-$1}"
}

mkdir -p "$dir"
rm -f "$dir"/*.deb "$dir/SHA256SUMS"
mapfile -t packages < <(for package in "${packages[@]}"; do real_package "$package"; done)
# libfmt-dev contains only a link to the shared library, which is in a package of its own.
packages+=("$(depends libfmt-dev 'libfmt[0-9]+')")
say "packing ${packages[*]}"
(cd "$dir" && apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}") ||
  die "apt-get could not download the packages; if its lists are old, run apt-get update"
(cd "$dir" && sha256sum ./*.deb >SHA256SUMS)
size_mb=$(du -sm "$dir" | cut -f 1)
[[ $size_mb -lt $limit_mb ]] || die "$dir is $size_mb MB; the limit is $limit_mb MB"
say "$dir holds ${#packages[@]} packages, $size_mb MB"
