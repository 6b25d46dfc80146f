#include "kernels/cuda/runtime.h"

#include "kernels/cuda/check.h"

namespace warpgauge::cuda {

std::string unavailable() {
  static const std::string reason = [] {
    int devices = 0;
    const cudaError_t status = cudaGetDeviceCount(&devices);
    if (status != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(status);
    return std::string(devices > 0 ? "" : "no CUDA device");
  }();
  return reason;
}

void* allocate(std::size_t bytes) {
  void* memory = nullptr;
  WARPGAUGE_CUDA_CHECK(cudaMalloc(&memory, bytes > 0 ? bytes : 1));
  return memory;
}

void release(void* memory) {
  cudaFree(memory);
}

void copy_in(void* device, const void* host, std::size_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
}

void copy_out(void* host, const void* device, std::size_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost));
}

void synchronize() {
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  WARPGAUGE_CUDA_CHECK(cudaDeviceSynchronize());
}

}  // namespace warpgauge::cuda
