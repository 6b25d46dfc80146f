// Copies from global to shared memory that run behind the thread's back (cp.async, sm_80).
//
// A thread issues copies, closes them into a group, and waits until at most N of its groups are in flight.
// Until then nobody may touch the target; after it the issuing thread may, and the others after a barrier.
// The emulator lets them happen at once, as late as the waits allow, or either by chance: each shows a bug
// that the other hides.
#pragma once

#include "kernels/simt/shared.h"

namespace warpgauge::simt {

// 16 bytes, both addresses aligned to 16, past L1 (cp.async.cg). The first `source_bytes` (0..16) are read,
// the rest of the target becomes zero.
SIMT_DEVICE void copy_async_16(void* shared, const void* global, int source_bytes,
                               [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)), "l"(global),
               "r"(source_bytes)
               : "memory");
#else
  emulator::copy_async(shared, global, 16, source_bytes, site);
#endif
}

// 4 bytes, both addresses aligned to 4 (cp.async.ca).
SIMT_DEVICE void copy_async_4(void* shared, const void* global, int source_bytes,
                              [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(shared_address(shared)), "l"(global),
               "r"(source_bytes)
               : "memory");
#else
  emulator::copy_async(shared, global, 4, source_bytes, site);
#endif
}

// Closes the thread's copies since the last commit into a group; a group may be empty.
SIMT_DEVICE void copy_async_commit() {
#if defined(__CUDACC__)
  asm volatile("cp.async.commit_group;" ::: "memory");
#else
  emulator::copy_async_commit();
#endif
}

// Waits until at most kGroups of the thread's latest groups are in flight.
template <int kGroups>
SIMT_DEVICE void copy_async_wait() {
#if defined(__CUDACC__)
  asm volatile("cp.async.wait_group %0;" ::"n"(kGroups) : "memory");
#else
  emulator::copy_async_wait(kGroups);
#endif
}

}  // namespace warpgauge::simt
