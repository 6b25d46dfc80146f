// wgmma (sm_90a): D [64][N] += A [64][16] B [16][N], asynchronous, by a warpgroup. A and B are f16 or bf16,
// D is f32.
//
// D is in registers (PTX ISA, "Register Fragments for wgmma.mma_async"). With lane = 4 g + t, register
// 4 n + i of warp w holds column 8 n + 2 t + i % 2 of row 16 w + g + (i < 2 ? 0 : 8). If A is in registers,
// each warp holds 16 rows of it as for mma.m16n8k16 (matrix.h).
//
// Matrices in shared memory are tiles in the 128-byte swizzle (swizzle.h): rows of 64 elements. K-major: a
// tile row holds 64 elements along K of one row of A (column of B). MN-major: a tile row holds 64 rows of A
// (columns of B) at one index of K.
//
// Order of calls: wgmma_fence after the threads' last access of the registers, then wgmma, then wgmma_commit.
// Only after wgmma_wait may threads access the registers or overwrite A and B. The registers must be local
// arrays of the kernel that outlive the wait.
#pragma once

#include <cstdint>

#include "kernels/simt/shared.h"
#if defined(__CUDACC__)
#include "kernels/simt/wgmma_ptx.h"
#endif

namespace warpgauge::simt {

enum class Major { k, mn };

// The 64-bit matrix descriptor (PTX ISA, "Matrix-descriptor format"): start, leading and stride offset in
// units of 16 bytes at bits 0, 16 and 32; 1 at bit 62 for the 128-byte swizzle. The base offset is 0, since
// tiles are aligned to 1024 bytes.
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

  // The matrix that starts `bytes` (a multiple of 16) later. A step of 16 along K is 32 bytes in a K-major
  // tile and 2048 bytes in an MN-major one.
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

// A K-major tile. stride_bytes: distance between groups of eight rows.
SIMT_DEVICE SharedMatrix<Major::k> k_major(const void* start, int stride_bytes = 1024) {
#if defined(__CUDACC__)
  return {matrix_descriptor(shared_address(start), 16, stride_bytes)};
#else
  return {{start, 16, stride_bytes, false}};
#endif
}

// An MN-major tile. leading_bytes: distance between groups of 64 rows of A (columns of B). stride_bytes:
// distance between groups of eight along K.
SIMT_DEVICE SharedMatrix<Major::mn> mn_major(const void* start, int leading_bytes, int stride_bytes = 1024) {
#if defined(__CUDACC__)
  return {matrix_descriptor(shared_address(start), leading_bytes, stride_bytes)};
#else
  return {{start, leading_bytes, stride_bytes, true}};
#endif
}

// D += A B if `accumulate`, otherwise D = A B. N = 2 kRegisters: a multiple of 8 up to 256.
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

// Orders the threads' accesses of registers before later wgmmas.
SIMT_DEVICE void wgmma_fence([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.fence.sync.aligned;" ::: "memory");
#else
  emulator::wgmma_fence(site);
#endif
}

// Commits the warp's wgmmas since the last commit as a group.
SIMT_DEVICE void wgmma_commit([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.commit_group.sync.aligned;" ::: "memory");
#else
  emulator::wgmma_commit(site);
#endif
}

// Waits until at most the kGroups most recent groups of the warp are in flight.
template <int kGroups>
SIMT_DEVICE void wgmma_wait([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_SM90_ASM("wgmma.wait_group.sync.aligned %0;" ::"n"(kGroups) : "memory");
#else
  emulator::wgmma_wait(kGroups, site);
#endif
}

// A compiler barrier for these accumulators; generates no instruction. Call it after wgmma_wait: the compiler
// does not know that the registers change there.
template <int kRegisters>
SIMT_DEVICE void pin_registers([[maybe_unused]] float (&registers)[kRegisters]) {
#if defined(__CUDACC__)
  SIMT_UNROLL
  for (int i = 0; i < kRegisters; ++i) asm volatile("" : "+f"(registers[i])::"memory");
#endif
}

}  // namespace warpgauge::simt
