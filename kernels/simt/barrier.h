// Barriers of a block and of a warp, and the fence of the device. Barriers order memory: accesses before the
// barrier happen before accesses after it.
#pragma once

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

// Barrier of all threads of the block (bar.sync 0). All threads must call it from the same source line.
SIMT_DEVICE void syncthreads([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  __syncthreads();
#else
  emulator::block_barrier(site);
#endif
}

// Waits at named barrier `id` (1..15) until `threads` threads have arrived. Whole warps take part, so
// `threads` is a multiple of the warp size.
SIMT_DEVICE void barrier_sync(int id, int threads, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
#else
  emulator::named_barrier(id, threads, true, site);
#endif
}

// Arrives at named barrier `id` without waiting. Earlier accesses happen before those of threads that wait.
SIMT_DEVICE void barrier_arrive(int id, int threads, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
#else
  emulator::named_barrier(id, threads, false, site);
#endif
}

// Barrier of all lanes of the warp (bar.warp.sync). Other warp collectives (shuffles, votes, matrix
// instructions) order no memory.
SIMT_DEVICE void syncwarp([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  __syncwarp();
#else
  emulator::warp_barrier(site);
#endif
}

// Fence of the device (fence.acq_rel.gpu, __threadfence). Together with an atomic on global memory it orders
// accesses of different blocks: writes, threadfence, atomic in one; atomic, threadfence, reads in the other.
SIMT_DEVICE void threadfence() {
#if defined(__CUDACC__)
  __threadfence();
#else
  emulator::device_fence();
#endif
}

}  // namespace warpgauge::simt
