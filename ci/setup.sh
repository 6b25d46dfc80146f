#!/usr/bin/env bash
# ci/setup.sh - lists the packages that are missing, then installs them. No other script names packages to install.
#
#   --check        only list what is missing; exit 1 if anything is missing
#   --lint         also install what .ci/run needs: clang-format, shellcheck, yamllint, a validator of JSON Schema, numpy
#   --dev          also install all other tools for development: clang, clang-tidy, ccache, more linters
#   --cuda         also install nvcc and cuBLAS to .deps/cuda, if there is no nvcc; a machine without a GPU can then build
#   --bundle DIR   use no package registry: unpack a bundle of ci/offline-bundle.sh to .deps/prefix
#   --help
#
# Supports Debian 12, Ubuntu 22.04 and 24.04, as root and with sudo. Takes under a second if nothing is missing.
# Exit: 0 all is installed; 1 something is missing or could not be installed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

readonly cmake_wanted=3.25
packages=(g++ make ninja-build git ca-certificates python3 binutils
  libbenchmark-dev libgtest-dev libgmock-dev nlohmann-json3-dev libcli11-dev libre2-dev libfmt-dev libexpat1-dev
  libboost-math-dev libboost-context-dev libopenblas-dev)
lint_packages=(clang-format-14 shellcheck yamllint python3-jsonschema python3-numpy)
dev_packages=(clang clang-tidy ccache)
# Wheels with their versions, so that CI changes only by a commit. CMake 3, because sources that CMake fetches for a missing
# package may need policies that CMake 4 removed.
wheels=()
dev_wheels=(zizmor==1.32.0 check-jsonschema==0.39.0)
cmake_wheel=cmake==3.31.10
cuda_wheels=(nvidia-cuda-nvcc==13.0.* nvidia-cuda-crt==13.0.* nvidia-nvvm==13.0.* nvidia-cuda-runtime==13.0.*
  nvidia-cuda-cccl==13.0.* nvidia-cublas==13.0.*)

check=no lint=no dev=no cuda=no bundle=''
parse_arguments "$@" <<'TABLE'
--check   check   yes
--lint    lint    yes
--dev     dev     yes
--cuda    cuda    yes
--bundle  bundle  folder
TABLE

# unpack_bundle DIR: unpacks Debian packages to .deps/prefix, where the presets look first. Also does what the installation
# of a package does outside its own files: the alternatives of OpenBLAS, and its absolute paths.
unpack_bundle() {
  local dir=$1 prefix=$deps/prefix package openblas
  [[ -f $dir/SHA256SUMS ]] || die "$dir is not a bundle (it has no SHA256SUMS); make one with ci/offline-bundle.sh"
  have dpkg-deb || die "dpkg-deb is not installed; a bundle can be unpacked on Debian and Ubuntu only"
  (cd "$dir" && sha256sum --check --quiet SHA256SUMS) || die "$dir is damaged; make the bundle again"
  rm -rf "$prefix"
  mkdir -p "$prefix"
  for package in "$dir"/*.deb; do
    dpkg-deb --extract "$package" "$prefix"
  done
  openblas=$(find "$prefix/usr/lib" -type d -path '*/openblas-pthread/cmake/openblas')
  [[ -n $openblas ]] || die "$dir has no OpenBLAS; make the bundle again"
  mkdir -p "$prefix/usr/lib/cmake"
  cp -R "$openblas" "$prefix/usr/lib/cmake/openblas"
  # The archive, not the shared library: that needs a Fortran runtime, which the machine may lack.
  sed -i -e "s#/usr/#$prefix/usr/#g" -e 's#libopenblas\.so#libopenblas.a#' "$prefix/usr/lib/cmake/openblas/OpenBLASConfig.cmake"
  # The archives of Boost too: the shared libraries are not in the bundle, and CMake would not notice.
  find "$prefix/usr/lib" -name 'libboost_context-variant-shared.cmake' -delete
  find "$prefix/usr/lib" -xtype l -name '*.so' -delete
  say "unpacked $(find "$dir" -name '*.deb' | wc -l) packages to .deps/prefix"
}

# install_cuda: lays out NVIDIA's wheels as a toolkit. They lack the names that linkers look for.
install_cuda() {
  local toolkit=$deps/cuda/nvidia/cu13 library
  "$deps/venv/bin/pip" install --quiet --disable-pip-version-check --upgrade --target "$deps/cuda" "${cuda_wheels[@]}" ||
    die "pip could not install: ${cuda_wheels[*]}"
  ln -sfn lib "$toolkit/lib64"
  for library in "$toolkit"/lib/*.so.*; do
    ln -sf "$(basename "$library")" "${library%%.so.*}.so"
  done
}

if [[ -n $bundle ]]; then
  unpack_bundle "$bundle"
  exit 0
fi

if ! have dpkg-query || ! have apt-get; then
  die "this is neither Debian nor Ubuntu; install by hand: a C++20 compiler, CMake $cmake_wanted, Ninja, Google Benchmark, \
GoogleTest, nlohmann/json, CLI11, RE2, fmt, Boost.Math, Boost.Context, OpenBLAS; then call with --no-install"
fi

if [[ $lint == yes || $dev == yes ]]; then
  packages+=("${lint_packages[@]}")
fi
if [[ $dev == yes ]]; then
  packages+=("${dev_packages[@]}")
  wheels+=("${dev_wheels[@]}")
fi

# CMake: the distribution's if it is new enough (Debian 12, Ubuntu 24.04), else the wheel (Ubuntu 22.04).
cmake_here=$(cmake --version 2>/dev/null | sed -n '1s/[^0-9]*//p' || true)
if [[ -z $cmake_here ]] || ! version_at_least "$cmake_here" "$cmake_wanted"; then
  # shellcheck disable=SC1091
  cmake_packaged=$(. /etc/os-release && case $ID-${VERSION_ID:-} in ubuntu-22.04 | debian-11) echo no ;; *) echo yes ;; esac)
  if [[ $cmake_packaged == yes ]]; then packages+=(cmake); else wheels+=("$cmake_wheel"); fi
fi

missing=()
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
for package in "${packages[@]}"; do
  grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
done
missing_wheels=()
for wheel in "${wheels[@]}"; do
  [[ -x $deps/venv/bin/${wheel%%=*} ]] || missing_wheels+=("$wheel")
done
cuda_missing=no
if [[ $cuda == yes ]] && ! have nvcc; then cuda_missing=yes; fi
if [[ ${#missing_wheels[@]} -gt 0 || $cuda_missing == yes ]] && ! /usr/bin/python3 -c 'import ensurepip' 2>/dev/null; then
  missing+=(python3-venv)
fi

if [[ ${#missing[@]} -eq 0 && ${#missing_wheels[@]} -eq 0 && $cuda_missing == no ]]; then
  say "nothing is missing"
  exit 0
fi
[[ ${#missing[@]} -eq 0 ]] || say "missing packages: ${missing[*]}"
[[ ${#missing_wheels[@]} -eq 0 ]] || say "missing Python tools (to .deps/venv): ${missing_wheels[*]}"
[[ $cuda_missing == no ]] || say "missing CUDA toolkit (to .deps/cuda, 1 GB)"
[[ $check == no ]] || exit 1

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $EUID -ne 0 && ${#missing[@]} -gt 0 ]]; then
  have sudo || die "this user is not root and has no sudo; ask an administrator to run: apt-get install ${missing[*]}"
  as_root=(sudo "${as_root[@]}")
fi
if [[ ${#missing[@]} -gt 0 ]]; then
  say "installing the packages with apt-get"
  # A broken list of a third party must not stop the installation. A missing package fails in the next command.
  "${as_root[@]}" apt-get -qq update || say "apt-get update failed; using the existing lists"
  "${as_root[@]}" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}; without a network, use ci/setup.sh --bundle DIR"
fi
if [[ ${#missing_wheels[@]} -gt 0 || $cuda_missing == yes ]]; then
  [[ -x $deps/venv/bin/pip ]] || /usr/bin/python3 -m venv "$deps/venv"
fi
if [[ ${#missing_wheels[@]} -gt 0 ]]; then
  say "installing the Python tools with pip"
  "$deps/venv/bin/pip" install --quiet --disable-pip-version-check "${missing_wheels[@]}" ||
    die "pip could not install: ${missing_wheels[*]}"
fi
if [[ $cuda_missing == yes ]]; then
  say "installing the CUDA toolkit with pip (1 GB)"
  install_cuda
fi
say "done"
