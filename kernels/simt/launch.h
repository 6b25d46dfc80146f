// Launches a device kernel from host code, on a GPU or in the emulator, and queries device limits.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/simt/emulator/plan.h"
#include "kernels/simt/ids.h"
#if defined(__CUDACC__)
#include "kernels/cuda_check.h"
#endif

namespace warpgauge::simt {

using emulator::GlobalRange;

struct Grid {
  Dim3 blocks;
  int threads = 0;               // of a block
  std::size_t shared_bytes = 0;  // dynamic shared memory of a block
};

// Empty if the device can run kernels with these requirements; otherwise the requirement that fails.
inline std::string unsupported_reason([[maybe_unused]] int compute_capability,
                                      [[maybe_unused]] std::size_t shared_bytes) {
#if defined(__CUDACC__)
  int device = 0, major = 0, minor = 0, shared = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return "no CUDA device";
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  if (major * 10 + minor < compute_capability)
    return "requires compute capability " + std::to_string(compute_capability / 10) + "." +
           std::to_string(compute_capability % 10) + " or later; the device has " + std::to_string(major) +
           "." + std::to_string(minor);
  if (static_cast<std::size_t>(shared) < shared_bytes)
    return "requires " + std::to_string(shared_bytes) + " bytes of shared memory per block; the device has " +
           std::to_string(shared);
#endif
  return "";
}

// Empty if the device can run kernels of sm_90a (wgmma, setmaxnreg). Later GPUs cannot: code for an
// architecture with suffix "a" runs on that compute capability only.
inline std::string sm90a_unsupported_reason(std::size_t shared_bytes) {
#if defined(__CUDACC__)
  int device = 0, major = 0, minor = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return "no CUDA device";
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  if (major != 9 || minor != 0)
    return "requires compute capability 9.0; the device has " + std::to_string(major) + "." +
           std::to_string(minor);
#endif
  return unsupported_reason(90, shared_bytes);
}

// The number of blocks whose shared memory a multiprocessor holds. Kernels choose their tiles by it. The
// emulator's multiprocessor is an A100's.
inline int blocks_in_shared_memory(std::size_t bytes_per_block) {
  constexpr std::size_t kReservedPerBlock = 1024;  // by the system (CUDA C++ Programming Guide)
  int bytes = 164 * 1024;
#if defined(__CUDACC__)
  int device = 0;
  if (cudaGetDevice(&device) == cudaSuccess)
    cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerMultiprocessor, device);
#endif
  return static_cast<int>(static_cast<std::size_t>(bytes) / (bytes_per_block + kReservedPerBlock));
}

// The number of multiprocessors, from which kernels choose how many splits fill the device. The emulator's
// number is small, so that small problems are split too.
inline int multiprocessors() {
#if defined(__CUDACC__)
  int device = 0, count = 0;
  if (cudaGetDevice(&device) == cudaSuccess)
    cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return count > 0 ? count : 1;
#else
  return 16;
#endif
}

#if !defined(__CUDACC__)
// The emulator's plan of a launch. `params` must outlive it.
template <auto kKernel, class Params>
emulator::Plan emulated(const char* name, const Grid& grid, const Params& params,
                        std::vector<GlobalRange> memory, const Launch& launch) {
  memory.push_back({"the kernel's parameters", &params, sizeof params, false});
  return {.kernel = name,
          .grid = {grid.blocks.x, grid.blocks.y, grid.blocks.z},
          .threads = grid.threads,
          .shared_bytes = grid.shared_bytes,
          .memory = std::move(memory),
          .body = [](const void* p) { kKernel(*static_cast<const Params*>(p)); },
          .params = &params,
          .seed = launch.schedule_seed,
          .os_threads = launch.threads};
}
#endif

// Runs kKernel(params) over the grid: asynchronously on launch.stream on a GPU, synchronously on
// launch.threads OS threads in the emulator. `memory` lists all global memory that the kernel may access;
// only the emulator uses it. Throws std::runtime_error if the launch fails or is on another stream than the
// caller's, emulator::DeviceError (derived from it) on a finding of the emulator.
template <auto kKernel, class Params>
void launch([[maybe_unused]] const char* name, const Grid& grid, const Params& params,
            [[maybe_unused]] std::vector<GlobalRange> memory, const Launch& launch) {
#if defined(__CUDACC__)
  const auto shared_bytes = static_cast<int>(grid.shared_bytes);
  WARPGAUGE_CUDA_CHECK(
      cudaFuncSetAttribute(kKernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes));
  const dim3 blocks(grid.blocks.x, grid.blocks.y, grid.blocks.z);
  kKernel<<<blocks, grid.threads, grid.shared_bytes, static_cast<cudaStream_t>(launch.stream)>>>(params);
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
#else
  if (emulated_stream() && launch.stream != emulated_stream())
    throw std::runtime_error(std::string(name) + " was launched on another stream than Launch::stream");
  emulator::run(emulated<kKernel>(name, grid, params, std::move(memory), launch));
#endif
}

}  // namespace warpgauge::simt
