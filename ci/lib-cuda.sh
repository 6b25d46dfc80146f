# shellcheck shell=bash
# Parts of the CUDA toolkit that are not where a compiler looks for them. Sourced, after lib.sh.

# python_with MODULE: a python that has it; nothing where none does. The first of PATH may be our own, which has little.
python_with() {
  local python
  while read -r python; do
    "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)" 2>/dev/null || continue
    printf '%s\n' "$python"
    return
  done < <(type -aP python3 python)
}

# link_names FROM TO: the names that linkers look for, which NVIDIA's wheels leave out: libx.so for FROM/libx.so.13.
link_names() {
  local library name
  for library in "$1"/*.so.*; do
    name=${library##*/}
    ln -sf "$library" "$2/${name%%.so.*}.so"
  done
}

# cublas_compiles: without any help.
cublas_compiles() {
  local scratch code=0
  scratch=$(mktemp -d)
  printf '#include <cublas_v2.h>\nint main() { cublasHandle_t h; return cublasCreate(&h); }\n' >"$scratch/try.cu"
  nvcc -o "$scratch/try" "$scratch/try.cu" -lcublas >/dev/null 2>&1 || code=$?
  rm -rf "$scratch"
  return "$code"
}

# cublas_wheel: the folder of the wheel that holds cuBLAS: its include/ and lib/. Nothing where there is none.
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

# find_cublas FOLDER: says where cuBLAS is, and leaves in cublas_flags what CMake must be told. That of a wheel is laid
# out in FOLDER: its headers alone (those of the runtime are nvcc's), and its libraries by all of their names.
find_cublas() {
  local wheel library
  cublas_flags=()
  if ! have nvcc; then
    echo "cuBLAS: not looked for, there is no nvcc"
    return
  fi
  if cublas_compiles; then
    echo "cuBLAS: found where nvcc looks"
    return
  fi
  wheel=$(cublas_wheel)
  if [[ -z $wheel ]]; then
    echo "cuBLAS: not found, neither where nvcc looks nor in a Python wheel; nothing that needs it will build"
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
  echo "cuBLAS: the wheel in $wheel ($(cd "$wheel/lib" && echo libcublas.so*)), laid out in $1"
}
