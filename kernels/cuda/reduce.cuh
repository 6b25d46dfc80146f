// Reductions over a thread block whose size is a multiple of 32, at most 1024. All threads must call, and all
// get the result. `scratch` is 32 floats of shared memory; it may be reused at once.
#pragma once

namespace warpgauge::cuda {

template <class Combine>
__device__ float block_reduce(float value, float identity, float* scratch, Combine combine) {
  for (int lane = 16; lane > 0; lane /= 2) value = combine(value, __shfl_xor_sync(0xffffffffu, value, lane));
  if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = value;
  __syncthreads();
  value = threadIdx.x % 32 < blockDim.x / 32 ? scratch[threadIdx.x % 32] : identity;
  for (int lane = 16; lane > 0; lane /= 2) value = combine(value, __shfl_xor_sync(0xffffffffu, value, lane));
  __syncthreads();
  return value;
}

// A NaN is left out of the maximum; it comes back through the exponential, so no result hides it.
__device__ inline float block_max(float value, float* scratch) {
  return block_reduce(value, -INFINITY, scratch, [](float a, float b) { return fmaxf(a, b); });
}

__device__ inline float block_sum(float value, float* scratch) {
  return block_reduce(value, 0.0f, scratch, [](float a, float b) { return a + b; });
}

}  // namespace warpgauge::cuda
