#!/usr/bin/env bash
# ci/setup.sh - the one place that knows packages. Says what is missing, then installs it.
#
#   --check        only list what is missing; exit 1 if anything is
#   --dev          also what only the developers of warpgauge need: clang, formatters, linters
#   --cuda         also nvcc and cuBLAS, to .deps/cuda, where there is no nvcc: a machine without a GPU can build for one
#   --bundle DIR   no registry: unpack what ci/offline-bundle.sh packed into DIR, to .deps/prefix
#   --help
#
# Knows Debian 12, Ubuntu 22.04 and 24.04. Works as root and through sudo. Under a second when nothing is missing.
# Exit: 0 all here; 1 something is missing or could not be installed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

readonly cmake_wanted=3.25
packages=(g++ make ninja-build git ca-certificates python3 binutils
  libbenchmark-dev libgtest-dev libgmock-dev nlohmann-json3-dev libcli11-dev libre2-dev
  libboost-math-dev libboost-context-dev libopenblas-dev)
dev_packages=(clang clang-format-14 clang-tidy shellcheck yamllint ccache)
# Wheels by version: what CI runs changes with a commit here, and not by itself. CMake 3: what CMake
# fetches where a package is missing may ask for policies that 4 has dropped.
wheels=()
dev_wheels=(zizmor==1.32.0 check-jsonschema==0.39.0)
cmake_wheel=cmake==3.31.10
cuda_wheels=(nvidia-cuda-nvcc==13.0.* nvidia-cuda-crt==13.0.* nvidia-nvvm==13.0.* nvidia-cuda-runtime==13.0.*
  nvidia-cuda-cccl==13.0.* nvidia-cublas==13.0.*)

check=no dev=no cuda=no bundle=
while [[ $# -gt 0 ]]; do
  case $1 in
    --check) check=yes ;;
    --dev) dev=yes ;;
    --cuda) cuda=yes ;;
    --bundle) bundle=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done

# unpack_bundle DIR: Debian packages, laid out under .deps/prefix, where the presets look first. What a package's
# installation would have done outside its own files is done here: OpenBLAS' alternatives, and its absolute paths.
unpack_bundle() {
  local dir=$1 prefix=$deps/prefix package openblas
  [[ -f $dir/SHA256SUMS ]] || exit_code=1 die "$dir holds no bundle (no SHA256SUMS); make one with ci/offline-bundle.sh"
  have dpkg-deb || exit_code=1 die "dpkg-deb is not here; a bundle can be unpacked on Debian and Ubuntu only"
  (cd "$dir" && sha256sum --check --quiet SHA256SUMS) || exit_code=1 die "$dir is damaged; make the bundle again"
  rm -rf "$prefix"
  mkdir -p "$prefix"
  for package in "$dir"/*.deb; do
    dpkg-deb --extract "$package" "$prefix"
  done
  openblas=$(find "$prefix/usr/lib" -type d -path '*/openblas-pthread/cmake/openblas')
  [[ -n $openblas ]] || exit_code=1 die "$dir holds no OpenBLAS; make the bundle again"
  mkdir -p "$prefix/usr/lib/cmake"
  cp -R "$openblas" "$prefix/usr/lib/cmake/openblas"
  # The archive, not the shared library: that one needs a Fortran runtime, which the host may not have.
  sed -i -e "s#/usr/#$prefix/usr/#g" -e 's#libopenblas\.so#libopenblas.a#' "$prefix/usr/lib/cmake/openblas/OpenBLASConfig.cmake"
  # As for OpenBLAS: the shared library is in a package that is not in the bundle, and CMake would not notice.
  find "$prefix/usr/lib" -name 'libboost_context-variant-shared.cmake' -delete
  find "$prefix/usr/lib" -xtype l -name '*.so' -delete
  say "unpacked $(find "$dir" -name '*.deb' | wc -l) packages to .deps/prefix"
}

# install_cuda: NVIDIA's wheels, laid out as a toolkit: the names that linkers look for are left out of them.
install_cuda() {
  local toolkit=$deps/cuda/nvidia/cu13 library
  "$deps/venv/bin/pip" install --quiet --disable-pip-version-check --upgrade --target "$deps/cuda" "${cuda_wheels[@]}" ||
    exit_code=1 die "pip could not install: ${cuda_wheels[*]}"
  ln -sfn lib "$toolkit/lib64"
  for library in "$toolkit"/lib/*.so.*; do
    ln -sf "$(basename "$library")" "${library%%.so.*}.so"
  done
}

if [[ -n $bundle ]]; then
  [[ -d $bundle ]] || exit_code=1 die "$bundle is not a folder"
  unpack_bundle "$bundle"
  exit 0
fi

if ! have dpkg-query || ! have apt-get; then
  exit_code=1 die "this is neither Debian nor Ubuntu; install by hand: a C++20 compiler, CMake $cmake_wanted, Ninja, \
Google Benchmark, GoogleTest, nlohmann/json, CLI11, RE2, Boost.Math, Boost.Context, OpenBLAS, and call with --no-install"
fi

if [[ $dev == yes ]]; then
  packages+=("${dev_packages[@]}")
  wheels+=("${dev_wheels[@]}")
fi

# CMake: the distribution's where it is new enough (Debian 12, Ubuntu 24.04), or the wheel (Ubuntu 22.04).
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
  have sudo || exit_code=1 die "not root, and there is no sudo; ask an administrator to run: apt-get install ${missing[*]}"
  as_root=(sudo "${as_root[@]}")
fi
if [[ ${#missing[@]} -gt 0 ]]; then
  say "installing them with apt-get"
  # A third party's broken list must not stop us; whether the packages can be had, the next line tells.
  "${as_root[@]}" apt-get -qq update || say "apt-get update complained; trying with the lists that are here"
  "${as_root[@]}" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null ||
    exit_code=1 die "apt-get could not install: ${missing[*]}; where no package source answers, --bundle DIR takes a bundle"
fi
if [[ ${#missing_wheels[@]} -gt 0 || $cuda_missing == yes ]]; then
  [[ -x $deps/venv/bin/pip ]] || /usr/bin/python3 -m venv "$deps/venv"
fi
if [[ ${#missing_wheels[@]} -gt 0 ]]; then
  say "installing the Python tools with pip"
  "$deps/venv/bin/pip" install --quiet --disable-pip-version-check "${missing_wheels[@]}" ||
    exit_code=1 die "pip could not install: ${missing_wheels[*]}"
fi
if [[ $cuda_missing == yes ]]; then
  say "installing the CUDA toolkit with pip"
  install_cuda
fi
say "done"
