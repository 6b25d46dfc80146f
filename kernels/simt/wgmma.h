// wgmma (sm_90a): D [64][N] += A [64][16] B [16][N] by a warpgroup, asynchronously; f16 or bf16, f32 sums.
//
// D lies in registers: with lane = 4 g + t, register 4 n + i of warp w holds row 16 w + g, from i = 2 on row
// 16 w + g + 8, of column 8 n + 2 t + i % 2 (PTX ISA, "Register Fragments for wgmma.mma_async"). A in
// registers is as for m16n8k16 (matrix.h), 16 rows a warp.
//
// Matrices in shared memory are tiles as TMA's 128-byte swizzle leaves them: rows of 64 elements, 128 bytes,
// eight rows to 1024 aligned bytes. K-major: a row is one of A's rows (B's columns), 64 of its depth.
// MN-major: a row is one of the depth, 64 of A's rows (B's columns).
//
// Order: wgmma_fence after the last access of the registers by the threads, wgmmas, wgmma_commit, and
// wgmma_wait before the registers are touched, or A and B overwritten. In the kernel's source the registers
// are local arrays that outlive the wait.
#pragma once

#include <cstdint>

#include "kernels/simt/shared.h"
#if defined(__CUDACC__)
#include "kernels/simt/wgmma_ptx.h"
#endif

namespace warpgauge::simt {

enum class Major { k, mn };

// The 64-bit matrix descriptor of the PTX ISA: start, leading and stride offset in units of 16 bytes at bits
// 0, 16 and 32, 1 at bit 62 for the 128-byte swizzle. The base offset is 0: tiles are aligned to 1024.
constexpr std::uint64_t matrix_descriptor(std::uint32_t start, int leading_bytes, int stride_bytes) {
  const auto units = [](std::uint32_t bytes) { return std::uint64_t{(bytes & 0x3ffffu) >> 4}; };
  return units(start) | units(static_cast<std::uint32_t>(leading_bytes)) << 16 |
         units(static_cast<std::uint32_t>(stride_bytes)) << 32 | std::uint64_t{1} << 62;
}

// Matrix A or B in shared memory.
template <Major kMajor>
struct SharedMatrix {
#if defined(__CUDACC__)
  std::uint64_t descriptor;
#else
  emulator::SharedOperand operand;
#endif

  // The matrix that starts `bytes` (a multiple of 16) further on: 16 of depth are 32 bytes of a K-major tile,
  // and 2048 of an MN-major one.
  SIMT_DEVICE SharedMatrix advanced(int bytes) const {
#if defined(__CUDACC__)
    return {descriptor + static_cast<std::uint64_t>(bytes >> 4)};
#else
    SharedMatrix result = *this;
    result.operand.start = static_cast<const char*>(operand.start) + bytes;
    return result;
#endif
  }
};

// A K-major tile. stride_bytes: from eight rows to the next eight.
SIMT_DEVICE SharedMatrix<Major::k> k_major(const void* start, int stride_bytes = 1024) {
#if defined(__CUDACC__)
  return {matrix_descriptor(shared_address(start), 16, stride_bytes)};
#else
  return {{start, 16, stride_bytes, false}};
#endif
}

// An MN-major tile. leading_bytes: from 64 of A's rows (B's columns) to the next 64; stride_bytes: from eight
// of depth to the next eight.
SIMT_DEVICE SharedMatrix<Major::mn> mn_major(const void* start, int leading_bytes, int stride_bytes = 1024) {
#if defined(__CUDACC__)
  return {matrix_descriptor(shared_address(start), leading_bytes, stride_bytes)};
#else
  return {{start, leading_bytes, stride_bytes, true}};
#endif
}

// D += A B, or D = A B unless `accumulate`, with N = 2 kRegisters: a multiple of 8 up to 256.
template <class T, int kRegisters, Major kMajorA, Major kMajorB>
SIMT_DEVICE void wgmma(float (&d)[kRegisters], SharedMatrix<kMajorA> a, SharedMatrix<kMajorB> b,
                       bool accumulate, [[maybe_unused]] Site site = Site::here()) {
  static_assert(kRegisters % 4 == 0 && kRegisters <= 128, "N is a multiple of 8 up to 256");
#if defined(__CUDACC__)
  ptx::wgmma<T, kMajorA == Major::mn, kMajorB == Major::mn>(d, a.descriptor, b.descriptor, accumulate);
#else
  emulator::wgmma<T>({d, 2 * kRegisters, nullptr, a.operand, b.operand, accumulate}, site);
#endif
}

template <class T, int kRegisters, Major kMajorB>
SIMT_DEVICE void wgmma(float (&d)[kRegisters], const std::uint32_t (&a)[4], SharedMatrix<kMajorB> b,
                       bool accumulate, [[maybe_unused]] Site site = Site::here()) {
  static_assert(kRegisters % 4 == 0 && kRegisters <= 128, "N is a multiple of 8 up to 256");
#if defined(__CUDACC__)
  ptx::wgmma<T, kMajorB == Major::mn>(d, a, b.descriptor, accumulate);
#else
  emulator::wgmma<T>({d, 2 * kRegisters, a, {}, b.operand, accumulate}, site);
#endif
}

// Orders the threads' accesses of registers before the wgmmas that follow.
SIMT_DEVICE void wgmma_fence([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.fence.sync.aligned;" ::: "memory");
#else
  emulator::wgmma_fence(site);
#endif
}

// Closes the warp's wgmmas since the last commit into a group.
SIMT_DEVICE void wgmma_commit([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.commit_group.sync.aligned;" ::: "memory");
#else
  emulator::wgmma_commit(site);
#endif
}

// Waits until at most kGroups of the warp's latest groups are in flight.
template <int kGroups>
SIMT_DEVICE void wgmma_wait([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.wait_group.sync.aligned %0;" ::"n"(kGroups) : "memory");
#else
  emulator::wgmma_wait(kGroups, site);
#endif
}

// Keeps the compiler from moving accesses of these accumulators across this place; no instruction. To be
// written after the wait for them: nothing else tells the compiler that they change there.
template <int kRegisters>
SIMT_DEVICE void pin_registers([[maybe_unused]] float (&registers)[kRegisters]) {
#if defined(__CUDACC__)
  SIMT_UNROLL
  for (int i = 0; i < kRegisters; ++i) asm volatile("" : "+f"(registers[i])::"memory");
#endif
}

}  // namespace warpgauge::simt
