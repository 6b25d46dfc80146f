#include "kernels/cuda_runtime.h"

#include <map>

#include "kernels/cuda_blocker.cuh"
#include "kernels/cuda_check.h"

namespace warpgauge::cuda {
namespace {

__global__ void probe() {}

// The driver decides whether a device can run the compiled architectures. Queries the attributes of a kernel.
std::string unusable(int device) {
  cudaFuncAttributes attributes{};
  const cudaError_t status = cudaFuncGetAttributes(&attributes, probe);
  if (status == cudaSuccess) return {};
  static_cast<void>(cudaGetLastError());
  int major = 0, minor = 0;
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  return "CUDA device " + std::to_string(device) + " (compute capability " + std::to_string(major) + "." +
         std::to_string(minor) +
         ") cannot run the kernels, which are built for " WARPGAUGE_CUDA_ARCHITECTURES ": " +
         cudaGetErrorString(status);
}

}  // namespace

std::string no_device() {
  static const std::string reason = [] {
    int devices = 0;
    const cudaError_t status = cudaGetDeviceCount(&devices);
    if (status != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(status);
    return std::string(devices > 0 ? "" : "no CUDA device");
  }();
  return reason;
}

std::string unavailable() {
  if (std::string reason = no_device(); !reason.empty()) return reason;
  static std::map<int, std::string>
      reasons;  // by device; cached, because after a device fault the query fails
  int device = 0;
  if (const cudaError_t status = cudaGetDevice(&device); status != cudaSuccess)
    return std::string("no CUDA device: ") + cudaGetErrorString(status);
  const auto [entry, is_new] = reasons.try_emplace(device);
  if (is_new) entry->second = unusable(device);
  return entry->second;
}

std::string library_version() {
  int major = 0, minor = 0, patch = 0;
  WARPGAUGE_CUDA_CHECK(cublasGetProperty(MAJOR_VERSION, &major));
  WARPGAUGE_CUDA_CHECK(cublasGetProperty(MINOR_VERSION, &minor));
  WARPGAUGE_CUDA_CHECK(cublasGetProperty(PATCH_LEVEL, &patch));
  return "cuBLAS " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

void* allocate(std::size_t bytes) {
  void* memory = nullptr;
  WARPGAUGE_CUDA_CHECK(cudaMalloc(&memory, bytes > 0 ? bytes : 1));
  return memory;
}

void release(void* memory) {
  cudaFree(memory);
}

// cudaMemcpy from pageable memory may return before the copy to the device completes. Streams that do not
// synchronise with the default stream could read the old contents.
void copy_in(void* device, const void* host, std::size_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
}

void copy_out(void* host, const void* device, std::size_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost));
}

void synchronize() {
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  WARPGAUGE_CUDA_CHECK(cudaDeviceSynchronize());
}

void* create_stream() {
  cudaStream_t stream = nullptr;
  WARPGAUGE_CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return stream;
}

void destroy_stream(void* stream) {
  cudaStreamDestroy(static_cast<cudaStream_t>(stream));
}

bool hold_while(void* stream, const std::function<void()>& launch, const std::function<void()>& look) {
  constexpr double kLimitSeconds = 0.25;
  static Blocker blocker;  // static, because allocating pinned memory is slow
  Hold hold(blocker, static_cast<cudaStream_t>(stream), kLimitSeconds);
  launch();
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamPerThread));
  look();
  const bool held = !blocker.gave_up();
  hold.release();
  synchronize();
  return held;
}

}  // namespace warpgauge::cuda
