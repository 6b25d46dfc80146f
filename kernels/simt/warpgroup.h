// Four neighbouring warps that start at a multiple of four (sm_90): what they do together.
#pragma once

#include "kernels/simt/ids.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt {

inline constexpr int kWarpgroupSize = 128;

SIMT_DEVICE int warpgroup_index() {
  return thread_index() / kWarpgroupSize;
}

// Changes how many registers a thread may use, so that those who copy leave theirs to those who compute. All
// warps of a warpgroup do it; raising waits until others have given up enough. The kernel must be a
// SIMT_SPECIALIZED_KERNEL: without its bounds ptxas ignores the instruction.
template <int kCount>
SIMT_DEVICE void raise_registers([[maybe_unused]] Site site = Site::here()) {
  static_assert(kCount % 8 == 0 && kCount >= 24 && kCount <= 256, "a multiple of 8 from 24 to 256");
#if defined(__CUDACC__)
  SIMT_SM90_ASM("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kCount));
#else
  emulator::set_max_registers(kCount, true, site);
#endif
}

template <int kCount>
SIMT_DEVICE void lower_registers([[maybe_unused]] Site site = Site::here()) {
  static_assert(kCount % 8 == 0 && kCount >= 24 && kCount <= 256, "a multiple of 8 from 24 to 256");
#if defined(__CUDACC__)
  SIMT_SM90_ASM("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kCount));
#else
  emulator::set_max_registers(kCount, false, site);
#endif
}

}  // namespace warpgauge::simt
