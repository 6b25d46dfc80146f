#include "bench/gpu.h"

#include <cuda_runtime.h>

#include <cstdio>

#include "kernels/cuda/check.h"

namespace warpgauge::bench {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text = "GPU";
  for (int i = 0; i < 16; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(uuid.bytes[i])));
    text += (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) ? std::string("-") + digits : digits;
  }
  return text;
}

}  // namespace

void select_gpu(int index) {
  WARPGAUGE_CUDA_CHECK(cudaSetDevice(index));
}

GpuInfo gpu_info() {
  int device = 0, runtime = 0, driver = 0;
  cudaDeviceProp properties{};
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  WARPGAUGE_CUDA_CHECK(cudaRuntimeGetVersion(&runtime));
  WARPGAUGE_CUDA_CHECK(cudaDriverGetVersion(&driver));
  return {.name = properties.name,
          .uuid = uuid_text(properties.uuid),
          .sm_count = properties.multiProcessorCount,
          .memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem),
          .compute_capability = std::to_string(properties.major) + "." + std::to_string(properties.minor),
          .ecc = properties.ECCEnabled != 0,
          .cuda_runtime = version_text(runtime),
          .cuda_driver = version_text(driver)};
}

}  // namespace warpgauge::bench
