// TMA (sm_90): asynchronous copies of a box of a tensor between global and shared memory, issued by one
// thread.
//
// The box starts at coordinates `at`, one per dimension of the map, the innermost first. Elements outside the
// tensor are loaded as zeros and are not stored. The shared address must be aligned to 128 bytes, with the
// 128-byte swizzle to 1024.
#pragma once

#include "kernels/simt/mbarrier.h"
#include "kernels/simt/tensor_map.h"

namespace warpgauge::simt {

// Starts to copy a box to shared memory. Its completion subtracts the box's bytes (zeros included) from the
// tx-count of `full`. Threads may read the box after they have waited for that phase.
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

// Starts to copy a box from shared memory. Threads that wrote it must call fence_proxy_async and then a
// barrier before the store. The issuing thread commits and waits for its stores in groups.
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

// Commits the thread's stores since the last commit as a group.
SIMT_DEVICE void tma_store_commit() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.commit_group;" ::: "memory");
#else
  emulator::tma_store_commit();
#endif
}

// Waits until all but the kGroups most recent groups of the thread have been written to global memory.
template <int kGroups>
SIMT_DEVICE void tma_store_wait() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.wait_group %0;" ::"n"(kGroups) : "memory");
#else
  emulator::tma_store_wait(kGroups);
#endif
}

// Waits until all but the kGroups most recent groups of the thread have been read from shared memory, which
// may then be overwritten.
template <int kGroups>
SIMT_DEVICE void tma_store_wait_read() {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("cp.async.bulk.wait_group.read %0;" ::"n"(kGroups) : "memory");
#else
  emulator::tma_store_wait(kGroups);
#endif
}

}  // namespace warpgauge::simt
