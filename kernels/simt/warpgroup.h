// Warpgroups (sm_90): four contiguous warps, the first of which has an index that is a multiple of four.
#pragma once

#include "kernels/simt/ids.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt {

SIMT_DEVICE int warpgroup_index() {
  return thread_index() / kWarpgroupSize;
}

// Set the maximum number of registers per thread (setmaxnreg), so that producer warpgroups release registers
// to consumer warpgroups. All warps of a warpgroup must execute it. Raising waits until enough registers are
// free. The kernel must be a SIMT_SPECIALIZED_KERNEL: without its launch bounds ptxas ignores setmaxnreg.
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
