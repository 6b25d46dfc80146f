// Reductions over a thread block of whole warps. All threads must call them, and all receive the result.
// `scratch` is shared memory of kReduceScratch floats, and may be reused after the call without a barrier.
#pragma once

#include "kernels/simt/warp_size.h"

namespace warpgauge::cuda {

inline constexpr int kReduceScratch = simt::kMaxBlockThreads / simt::kWarpSize;  // a float per warp

template <class Combine>
__device__ float block_reduce(float value, float identity, float* scratch, Combine combine) {
  const auto warp_reduce = [&combine](float x) {
    for (int mask = simt::kWarpSize / 2; mask > 0; mask /= 2)
      x = combine(x, __shfl_xor_sync(simt::kFullMask, x, mask));
    return x;
  };
  const unsigned lane = threadIdx.x % simt::kWarpSize, warp = threadIdx.x / simt::kWarpSize;
  value = warp_reduce(value);
  if (lane == 0) scratch[warp] = value;
  __syncthreads();
  value = warp_reduce(lane < blockDim.x / simt::kWarpSize ? scratch[lane] : identity);
  __syncthreads();
  return value;
}

// fmaxf ignores a NaN. The NaN still reaches the result, through the exponential.
__device__ inline float block_max(float value, float* scratch) {
  return block_reduce(value, -INFINITY, scratch, [](float a, float b) { return fmaxf(a, b); });
}

__device__ inline float block_sum(float value, float* scratch) {
  return block_reduce(value, 0.0f, scratch, [](float a, float b) { return a + b; });
}

}  // namespace warpgauge::cuda
