#!/usr/bin/env bash
# ci/offline-bundle.sh DIR - packs what warpgauge builds on into DIR, for a machine that reaches no package registry.
#
# There: ci/setup.sh --bundle DIR, or ci/gpu.sh --bundle DIR. That machine needs a compiler, CMake 3.25, Ninja and
# dpkg-deb (Debian and Ubuntu have it); its distribution need not be ours: the libraries are archives or need only libc.
#
#   --no-install   accepted for uniformity; nothing is ever installed
#   --help
#
# Exit: 0 packed; 1 a package could not be had, or the bundle is too large; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

readonly limit_mb=60
# The packages that hold the files, not those that depend on them. What setup.sh installs, without the tools.
packages=(libbenchmark-dev libbenchmark1debian libgtest-dev libgmock-dev nlohmann-json3-dev libcli11-dev libre2-dev
  libboost-dev libboost-context-dev libopenblas-pthread-dev)

dir=
while [[ $# -gt 0 ]]; do
  case $1 in
    --no-install) ;;
    -h | --help) usage "$0" && exit 0 ;;
    -*) die "unknown argument '$1'; see $self --help" ;;
    *)
      [[ -z $dir ]] || die "one folder, not two: '$dir' and '$1'"
      dir=$1
      ;;
  esac
  shift
done
[[ -n $dir ]] || die "no folder given; see $self --help"
have apt-get || exit_code=1 die "a bundle is packed on Debian or Ubuntu; apt-get is not here"

# real_package NAME: libboost-dev and its like are names for the current version; the files are in that version's package.
real_package() {
  local real
  real=$(apt-cache depends "$1" | sed -n "s/^ *Depends: \(${1%-dev}[0-9.]*-dev\)$/\1/p" | head -n 1)
  printf '%s\n' "${real:-$1}"
}

mkdir -p "$dir"
rm -f "$dir"/*.deb "$dir/SHA256SUMS"
mapfile -t packages < <(for package in "${packages[@]}"; do real_package "$package"; done)
say "packing ${packages[*]}"
(cd "$dir" && apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}") ||
  exit_code=1 die "apt-get could not download them; where its lists are old, apt-get update helps"
(cd "$dir" && sha256sum ./*.deb >SHA256SUMS)
size_mb=$(du -sm "$dir" | cut -f 1)
[[ $size_mb -lt $limit_mb ]] || exit_code=1 die "$dir is $size_mb MB; $limit_mb is the limit"
say "$dir: ${#packages[@]} packages, $size_mb MB"
