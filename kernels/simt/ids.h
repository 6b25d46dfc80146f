// Thread, lane, warp and block indices. Blocks are one-dimensional; grids have up to three dimensions.
#pragma once

#include "kernels/simt/target.h"
#include "kernels/simt/warp_size.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

struct Dim3 {
  int x = 1;
  int y = 1;
  int z = 1;
};

// Indices are read from the special registers at each call (asm volatile). The compiler then computes
// addresses where they are used, instead of keeping them in registers across a loop.
SIMT_DEVICE int thread_index() {
#if defined(__CUDACC__)
  unsigned thread;
  asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread));
  return static_cast<int>(thread % kMaxBlockThreads);  // states the range to the compiler
#else
  return emulator::thread_index();
#endif
}

SIMT_DEVICE int lane_index() {
  return thread_index() % kWarpSize;
}
SIMT_DEVICE int warp_index() {
  return thread_index() / kWarpSize;
}

SIMT_DEVICE Dim3 block_index() {
#if defined(__CUDACC__)
  unsigned x, y, z;
  asm volatile("mov.u32 %0, %%ctaid.x;" : "=r"(x));
  asm volatile("mov.u32 %0, %%ctaid.y;" : "=r"(y));
  asm volatile("mov.u32 %0, %%ctaid.z;" : "=r"(z));
  return {static_cast<int>(x), static_cast<int>(y), static_cast<int>(z)};
#else
  return {emulator::block_index(0), emulator::block_index(1), emulator::block_index(2)};
#endif
}

SIMT_DEVICE Dim3 grid_size() {
#if defined(__CUDACC__)
  return {static_cast<int>(gridDim.x), static_cast<int>(gridDim.y), static_cast<int>(gridDim.z)};
#else
  return {emulator::grid_size(0), emulator::grid_size(1), emulator::grid_size(2)};
#endif
}

}  // namespace warpgauge::simt
