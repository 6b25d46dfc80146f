# shellcheck shell=bash
# Finds parts of the CUDA toolkit that are not in the folders where a compiler looks. Sourced, after lib.sh.

# python_with MODULE: prints the first python that has this module, or nothing. The first in PATH may be that of .deps/venv,
# which has few modules.
python_with() {
  local python
  while read -r python; do
    "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)" 2>/dev/null || continue
    printf '%s\n' "$python"
    return
  done < <(type -aP python3 python)
}

# link_names FROM TO: makes the names that linkers look for, such as TO/libx.so for FROM/libx.so.13. NVIDIA's wheels lack them.
link_names() {
  local library name
  for library in "$1"/*.so.*; do
    name=${library##*/}
    ln -sf "$library" "$2/${name%%.so.*}.so"
  done
}

# cublas_compiles: whether nvcc finds cuBLAS without extra flags.
cublas_compiles() {
  local scratch code=0
  scratch=$(mktemp -d)
  printf '#include <cublas_v2.h>\nint main() { cublasHandle_t h; return cublasCreate(&h); }\n' >"$scratch/try.cu"
  nvcc -o "$scratch/try" "$scratch/try.cu" -lcublas >/dev/null 2>&1 || code=$?
  rm -rf "$scratch"
  return "$code"
}

# cublas_wheel: prints the folder of a Python wheel with include/ and lib/ of cuBLAS, or nothing.
cublas_wheel() {
  local python folder
  python=$(python_with nvidia)
  [[ -n $python ]] || return 0
  while read -r folder; do
    if [[ -f $folder/include/cublas_v2.h ]] && compgen -G "$folder/lib/libcublas.so*" >/dev/null; then
      printf '%s\n' "$folder"
      return
    fi
  done < <("$python" -c 'import nvidia; [print(f"{p}/{d}") for p in nvidia.__path__ for d in ("cu13", "cublas")]')
}

# find_cublas FOLDER: prints where cuBLAS is, and sets cublas_flags to the flags that CMake needs. A wheel's cuBLAS is linked
# into FOLDER: only its own headers (those of the runtime come with nvcc), and its libraries under all their names.
find_cublas() {
  local wheel library
  cublas_flags=()
  if ! have nvcc; then
    echo "cuBLAS: not searched, because there is no nvcc"
    return
  fi
  if cublas_compiles; then
    echo "cuBLAS: found by nvcc"
    return
  fi
  wheel=$(cublas_wheel)
  if [[ -z $wheel ]]; then
    echo "cuBLAS: not found, neither by nvcc nor in a Python wheel; targets that need it will not build"
    return
  fi
  rm -rf "$1"
  mkdir -p "$1/include" "$1/lib"
  ln -s "$wheel"/include/*cublas* "$1/include"
  ln -s "$wheel"/lib/libcublas*.so* "$1/lib"
  link_names "$1/lib" "$1/lib"
  for library in cublas cublasLt; do
    cublas_flags+=("-DCUDA_${library}_LIBRARY=$1/lib/lib$library.so")
  done
  cublas_flags+=("-DCMAKE_CUDA_FLAGS=-I$1/include")
  export LD_LIBRARY_PATH=$1/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  echo "cuBLAS: the wheel in $wheel ($(cd "$wheel/lib" && echo libcublas.so*)), linked into $1"
}
