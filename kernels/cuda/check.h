// CUDA and cuBLAS failures become exceptions that say file:line:call; the caller catches them per case.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

namespace warpgauge::cuda {

[[noreturn]] inline void fail(const char* file, int line, const char* call, const std::string& what) {
  throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + call + ": " + what);
}

inline void check(cudaError_t status, const char* file, int line, const char* call) {
  if (status == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());  // or the next launch that asks for it would be blamed
  fail(file, line, call, cudaGetErrorString(status));
}

inline void check(cublasStatus_t status, const char* file, int line, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS) fail(file, line, call, cublasGetStatusString(status));
}

}  // namespace warpgauge::cuda

#define WARPGAUGE_CUDA_CHECK(call) ::warpgauge::cuda::check((call), __FILE__, __LINE__, #call)
