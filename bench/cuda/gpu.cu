#include "bench/gpu.h"

#include <cuda_profiler_api.h>
#include <cuda_runtime.h>

#include <cstdio>
#include <stdexcept>

#include "base/usage_error.h"
#include "kernels/cuda_check.h"
#include "kernels/cuda_runtime.h"

namespace warpgauge::bench {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text;
  for (int i = 0; i < 16; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(uuid.bytes[i])));
    text += (i == 4 || i == 6 || i == 8 || i == 10) ? std::string("-") + digits : digits;
  }
  return text;
}

// Clears an error, which would otherwise be attributed to a later kernel.
void control_profiler(cudaError_t (*what)()) {
  if (what() != cudaSuccess) static_cast<void>(cudaGetLastError());
}

}  // namespace

void select_gpu(int index) {
  if (const std::string reason = cuda::no_device(); !reason.empty()) throw std::runtime_error(reason);
  int devices = 0;
  WARPGAUGE_CUDA_CHECK(cudaGetDeviceCount(&devices));
  if (index >= devices)
    throw bad_flag("--device", std::to_string(index), "is not a device",
                   "give 0 to " + std::to_string(devices - 1));
  WARPGAUGE_CUDA_CHECK(cudaSetDevice(index));
}

GpuInfo gpu_info() {
  int device = 0, runtime = 0, driver = 0;
  cudaDeviceProp properties{};
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  WARPGAUGE_CUDA_CHECK(cudaRuntimeGetVersion(&runtime));
  WARPGAUGE_CUDA_CHECK(cudaDriverGetVersion(&driver));
  std::size_t free_bytes = 0, total_bytes = 0;
  WARPGAUGE_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
  return {.name = properties.name,
          .uuid = uuid_text(properties.uuid),
          .sm_count = properties.multiProcessorCount,
          .memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem),
          .free_memory_bytes = static_cast<std::int64_t>(free_bytes),
          .compute_capability = std::to_string(properties.major) + "." + std::to_string(properties.minor),
          .ecc = properties.ECCEnabled != 0,
          .cuda_runtime = version_text(runtime),
          .cuda_driver = version_text(driver)};
}

ProfilerRange::ProfilerRange(Backend backend) : active_(backend == Backend::cuda) {
  if (active_) control_profiler(cudaProfilerStart);
}

ProfilerRange::~ProfilerRange() {
  if (active_) control_profiler(cudaProfilerStop);
}

}  // namespace warpgauge::bench
