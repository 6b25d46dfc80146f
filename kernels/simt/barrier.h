// Barriers of a block and of a warp. They order memory: what a thread did before, all others see after.
#pragma once

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

// All threads of the block, from one place in the source (bar.sync 0).
SIMT_DEVICE void syncthreads([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  __syncthreads();
#else
  emulator::block_barrier(site);
#endif
}

// Named barrier `id` (1..15) of `threads` threads, a multiple of the warp size, in whole warps: waits for
// all.
SIMT_DEVICE void barrier_sync(int id, int threads, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
#else
  emulator::named_barrier(id, threads, true, site);
#endif
}

// Arrives at named barrier `id` without waiting: what was done before is visible to those who wait.
SIMT_DEVICE void barrier_arrive(int id, int threads, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
#else
  emulator::named_barrier(id, threads, false, site);
#endif
}

// All 32 lanes of the warp (bar.warp.sync). Shuffles, votes and matrix instructions meet too, but order no
// memory.
SIMT_DEVICE void syncwarp([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  __syncwarp();
#else
  emulator::warp_barrier(site);
#endif
}

}  // namespace warpgauge::simt
