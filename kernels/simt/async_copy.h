// Asynchronous copies from global to shared memory (cp.async, sm_80).
//
// A thread issues copies, commits them as a group, and waits until at most N of its groups are in flight.
// After the wait the issuing thread may access the target; other threads may after a barrier as well.
// The emulator completes copies at once, at the wait, or at random: each timing exposes bugs that the others
// hide.
#pragma once

#include "kernels/simt/shared.h"

namespace warpgauge::simt {

// Copies 16 bytes between addresses aligned to 16, bypassing L1 (cp.async.cg). Reads the first `source_bytes`
// (0..16) and fills the rest of the target with zeros.
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

// Copies 4 bytes between addresses aligned to 4 (cp.async.ca), `source_bytes` (0..4) as above.
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

// Commits the thread's copies since the last commit as a group, which may be empty.
SIMT_DEVICE void copy_async_commit() {
#if defined(__CUDACC__)
  asm volatile("cp.async.commit_group;" ::: "memory");
#else
  emulator::copy_async_commit();
#endif
}

// Waits until at most the kGroups most recent groups of the thread are in flight.
template <int kGroups>
SIMT_DEVICE void copy_async_wait() {
#if defined(__CUDACC__)
  asm volatile("cp.async.wait_group %0;" ::"n"(kGroups) : "memory");
#else
  emulator::copy_async_wait(kGroups);
#endif
}

}  // namespace warpgauge::simt
