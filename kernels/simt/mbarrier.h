// mbarriers (sm_90): barriers in shared memory that count arrivals and the bytes of TMA copies.
//
// Phases of an mbarrier alternate between parity 0 (the first) and 1. A phase completes when its pending
// count and its tx-count are zero: all arrivals have come and all expected bytes have been copied. Accesses
// before the arrivals, and the copies, happen before accesses after a wait for the phase.
#pragma once

#include <cstdint>

#include "kernels/simt/shared.h"

namespace warpgauge::simt {

// Must lie in shared memory. Only the functions below may access it.
struct alignas(8) Mbarrier {
  std::uint64_t state;
};

// Sets the count of arrivals per phase (1..2^20 - 1). One thread calls it. Other threads may use the mbarrier
// after a block barrier. Before that barrier, the same thread must call fence_mbarrier_init if TMA uses it.
SIMT_DEVICE void mbarrier_init(Mbarrier* barrier, int count, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count)
                : "memory");
#else
  emulator::mbarrier_init(barrier, count, site);
#endif
}

// Invalidates the mbarrier, so that its memory can be used otherwise.
SIMT_DEVICE void mbarrier_invalidate(Mbarrier* barrier, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("mbarrier.inval.shared::cta.b64 [%0];" ::"r"(shared_address(barrier)) : "memory");
#else
  emulator::mbarrier_invalidate(barrier, site);
#endif
}

// Makes the mbarriers that this thread has initialised visible to the async proxy (TMA).
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

// Adds `bytes` to the tx-count of this phase, then arrives. The tx-count is at most 2^20 - 1.
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

// Waits until the phase of this parity (0 or 1) has completed. Returns at once if the current phase has the
// other parity: on a new mbarrier, a wait for parity 1 does not block.
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

// Orders accesses of shared memory by threads before accesses by the async proxy (TMA, wgmma). Covers this
// thread's accesses and those ordered before them. Call it before the barrier that precedes the async access.
SIMT_DEVICE void fence_proxy_async() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("fence.proxy.async.shared::cta;" ::: "memory");
#else
  emulator::fence_proxy_async();
#endif
}

}  // namespace warpgauge::simt
