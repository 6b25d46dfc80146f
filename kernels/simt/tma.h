// TMA (sm_90): copies of a box of a tensor between global and shared memory, begun by one thread.
//
// The box starts at coordinates `at`, the innermost first, as many as the map has dimensions. What of it lies
// outside of the tensor becomes zero in shared memory, and is not written to global memory. The place in
// shared memory is aligned to 128 bytes, with the 128-byte swizzle to 1024.
#pragma once

#include "kernels/simt/mbarrier.h"
#include "kernels/simt/tensor_map.h"

namespace warpgauge::simt {

// Begins to copy a box to shared memory. When it has landed, its bytes (all of the box's) are taken off what
// `full` waits for; who waited for that phase may read them.
template <int kRank>
SIMT_DEVICE void tma_load(void* shared, const TensorMap& map, Mbarrier* full, const int (&at)[kRank],
                          [[maybe_unused]] Site site = Site::here()) {
  static_assert(kRank >= 2 && kRank <= 4);
#if defined(__CUDACC__)
  [[maybe_unused]] const std::uint32_t target = shared_address(shared), barrier = shared_address(full);
  if constexpr (kRank == 2)
    SIMT_SM90_ASM(
        "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], "
        "[%2];" ::"r"(target),
        "l"(&map), "r"(barrier), "r"(at[0]), "r"(at[1])
        : "memory");
  else if constexpr (kRank == 3)
    SIMT_SM90_ASM(
        "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4, "
        "%5}], [%2];" ::"r"(target),
        "l"(&map), "r"(barrier), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  else
    SIMT_SM90_ASM(
        "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4, %5, "
        "%6}], [%2];" ::"r"(target),
        "l"(&map), "r"(barrier), "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
#else
  emulator::tma_load(shared, map, full, at, kRank, site);
#endif
}

// Begins to copy a box from shared memory. What threads wrote there needs fence_proxy_async by them, then a
// barrier. Stores belong to a thread, in groups, and shared memory must live until they have read it.
template <int kRank>
SIMT_DEVICE void tma_store(const TensorMap& map, const int (&at)[kRank], const void* shared,
                           [[maybe_unused]] Site site = Site::here()) {
  static_assert(kRank >= 2 && kRank <= 4);
#if defined(__CUDACC__)
  [[maybe_unused]] const std::uint32_t source = shared_address(shared);
  if constexpr (kRank == 2)
    SIMT_SM90_ASM("cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [%0, {%2, %3}], [%1];" ::"l"(&map),
                  "r"(source), "r"(at[0]), "r"(at[1])
                  : "memory");
  else if constexpr (kRank == 3)
    SIMT_SM90_ASM(
        "cp.async.bulk.tensor.3d.global.shared::cta.bulk_group [%0, {%2, %3, %4}], [%1];" ::"l"(&map),
        "r"(source), "r"(at[0]), "r"(at[1]), "r"(at[2])
        : "memory");
  else
    SIMT_SM90_ASM(
        "cp.async.bulk.tensor.4d.global.shared::cta.bulk_group [%0, {%2, %3, %4, %5}], [%1];" ::"l"(&map),
        "r"(source), "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3])
        : "memory");
#else
  emulator::tma_store(map, at, kRank, shared, site);
#endif
}

// Closes the thread's stores since the last commit into a group.
SIMT_DEVICE void tma_store_commit() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.commit_group;" ::: "memory");
#else
  emulator::tma_store_commit();
#endif
}

// Waits until at most kGroups of the thread's latest groups have not been written to global memory.
template <int kGroups>
SIMT_DEVICE void tma_store_wait() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.wait_group %0;" ::"n"(kGroups) : "memory");
#else
  emulator::tma_store_wait(kGroups);
#endif
}

// Waits until at most kGroups of the thread's latest groups have not been read from shared memory.
template <int kGroups>
SIMT_DEVICE void tma_store_wait_read() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.wait_group.read %0;" ::"n"(kGroups) : "memory");
#else
  emulator::tma_store_wait(kGroups);
#endif
}

}  // namespace warpgauge::simt
