// mbarriers (sm_90): barriers in shared memory that count arrivals, and bytes that TMA copies.
//
// A barrier is always in a phase, and phases alternate between parity 0 (the first) and 1. A phase completes
// when all its arrivals have come and all announced bytes have landed. What was done before the arrivals, and
// what was copied, is then visible to those who waited for the phase.
#pragma once

#include <cstdint>

#include "kernels/simt/shared.h"

namespace warpgauge::simt {

// In shared memory only, and touched only by what follows.
struct alignas(8) Mbarrier {
  std::uint64_t state;
};

// `count` arrivals (1..2^20 - 1) complete a phase. Done by one thread; others may use the barrier after a
// barrier of the block, TMA after fence_mbarrier_init by that thread, before the block's.
SIMT_DEVICE void mbarrier_init(Mbarrier* barrier, int count, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count)
                : "memory");
#else
  emulator::mbarrier_init(barrier, count, site);
#endif
}

// Makes the memory free for other uses.
SIMT_DEVICE void mbarrier_invalidate(Mbarrier* barrier, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.inval.shared::cta.b64 [%0];" ::"r"(shared_address(barrier)) : "memory");
#else
  emulator::mbarrier_invalidate(barrier, site);
#endif
}

// Lets TMA see the barriers that this thread has initialised.
SIMT_DEVICE void fence_mbarrier_init() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("fence.mbarrier_init.release.cluster;" ::: "memory");
#else
  emulator::fence_mbarrier_init();
#endif
}

SIMT_DEVICE void mbarrier_arrive(Mbarrier* barrier, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
#else
  emulator::mbarrier_arrive(barrier, 0, site);
#endif
}

// Announces `bytes` that copies will bring in this phase, and arrives. A barrier counts to 2^20 - 1 bytes.
SIMT_DEVICE void mbarrier_arrive_expect_tx(Mbarrier* barrier, int bytes,
                                           [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
                "r"(bytes)
                : "memory");
#else
  emulator::mbarrier_arrive(barrier, bytes, site);
#endif
}

// Waits until the phase of this parity (0 or 1) has completed: returns at once when the phase under way has
// the other, so that a wait for parity 1 passes on a new barrier.
SIMT_DEVICE void mbarrier_wait(Mbarrier* barrier, int parity, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  unsigned done = 0;
  do {
    SIMT_SM90_ASM(
        "{\n"
        ".reg .pred done;\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%1], %2;\n"
        "selp.u32 %0, 1, 0, done;\n"
        "}"
        : "=r"(done)
        : "r"(shared_address(barrier)), "r"(parity)
        : "memory");
  } while (done == 0);
#else
  emulator::mbarrier_wait(barrier, parity, site);
#endif
}

// Lets asynchronous accesses (TMA's, wgmma's) see what this thread has written to shared memory, and what it
// knows of others' writes: between the writing and the barrier that precedes the asynchronous access.
SIMT_DEVICE void fence_proxy_async() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("fence.proxy.async.shared::cta;" ::: "memory");
#else
  emulator::fence_proxy_async();
#endif
}

}  // namespace warpgauge::simt
