// How host code starts a device kernel, on a GPU or in the emulator, and what it may ask of the machine.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/simt/emulator/plan.h"
#include "kernels/simt/ids.h"
#if defined(__CUDACC__)
#include "kernels/cuda/check.h"
#endif

namespace warpgauge::simt {

using emulator::GlobalRange;

struct Grid {
  Dim3 blocks;
  int threads = 0;               // of a block
  std::size_t shared_bytes = 0;  // dynamic shared memory of a block
};

// Empty when this machine can run kernels that ask for this much; otherwise what it lacks.
inline std::string machine_lacks([[maybe_unused]] int compute_capability,
                                 [[maybe_unused]] std::size_t shared_bytes) {
#if defined(__CUDACC__)
  int device = 0, major = 0, minor = 0, shared = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return "no CUDA device";
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  if (major * 10 + minor < compute_capability)
    return "compute capability " + std::to_string(compute_capability / 10) + "." +
           std::to_string(compute_capability % 10) + " or later is needed";
  if (static_cast<std::size_t>(shared) < shared_bytes)
    return "a block needs " + std::to_string(shared_bytes) + " bytes of shared memory, the device has " +
           std::to_string(shared);
#endif
  return "";
}

// Empty when this machine can run kernels of sm_90a (wgmma, setmaxnreg), which later GPUs cannot either.
inline std::string machine_is_not_hopper(std::size_t shared_bytes) {
#if defined(__CUDACC__)
  int device = 0, major = 0, minor = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return "no CUDA device";
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  if (major != 9 || minor != 0)
    return "compute capability 9.0 is needed, this is " + std::to_string(major) + "." + std::to_string(minor);
#endif
  return machine_lacks(90, shared_bytes);
}

// How many blocks run side by side, one on each processor: a choice of splits is made for it. The emulator's
// number makes small problems split.
inline int processors() {
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
// A launch as the emulator takes it; `params` must outlive it.
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

// Runs kKernel(params) over the grid: asynchronously on launch.stream, or in the emulator, to the end, on
// launch.threads OS threads. `memory` is all global memory that the kernel may touch; only the emulator looks
// at it. Throws std::runtime_error when the launch fails; the emulator's is an emulator::DeviceError that
// says why.
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
  emulator::run(emulated<kKernel>(name, grid, params, std::move(memory), launch));
#endif
}

}  // namespace warpgauge::simt
