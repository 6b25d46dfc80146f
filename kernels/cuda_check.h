// Turns CUDA and cuBLAS errors into exceptions with the text "file:line: call: error". Callers catch them per
// case.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#include "kernels/backend.h"

namespace warpgauge::cuda {

template <class Error = std::runtime_error>
[[noreturn]] void fail(const char* file, int line, const char* call, const std::string& what) {
  throw Error(std::string(file) + ":" + std::to_string(line) + ": " + call + ": " + what);
}

inline void check(cudaError_t status, const char* file, int line, const char* call) {
  if (status == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // clears the error, so that it is not attributed to a later launch
  if (status == cudaErrorMemoryAllocation)
    fail<OutOfDeviceMemory>(file, line, call, cudaGetErrorString(status));
  fail(file, line, call, cudaGetErrorString(status));
}

inline void check(cublasStatus_t status, const char* file, int line, const char* call) {
  if (status == CUBLAS_STATUS_ALLOC_FAILED)
    fail<OutOfDeviceMemory>(file, line, call, cublasGetStatusString(status));
  if (status != CUBLAS_STATUS_SUCCESS) fail(file, line, call, cublasGetStatusString(status));
}

}  // namespace warpgauge::cuda

#define WARPGAUGE_CUDA_CHECK(call) ::warpgauge::cuda::check((call), __FILE__, __LINE__, #call)
