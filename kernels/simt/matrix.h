// Matrix instructions of a warp: ldmatrix and mma.m16n8k16 (sm_80), stmatrix (sm_90).
//
// Fragments of mma.m16n8k16 (PTX ISA, "Matrix Fragments for mma.m16n8k16"), with g = lane / 4 and
// t = lane % 4. Each 32-bit register holds two neighbours, the lower column (of B: row) in the lower half:
//   A[16][16]
//     a0: row g, columns 2t..; a1: row g + 8;
//     a2: row g, columns 2t + 8..; a3: row g + 8, columns 2t + 8..
//   B[16][8]
//     b0: rows 2t.., column g; b1: rows 2t + 8.., column g
//   C[16][8]
//     c0 c1: row g, columns 2t, 2t + 1; c2 c3: row g + 8
#pragma once

#include <cstdint>

#include "kernels/half.h"
#include "kernels/simt/shared.h"

namespace warpgauge::simt {

// Loads kCount (1, 2, 4) 8x8 matrices of 16-bit elements (ldmatrix). Lane i passes the address of row i % 8
// of matrix i / 8: 16 bytes, aligned to 16. Register m of a lane receives columns 2t and 2t + 1 of row g of
// matrix m. If transposed, it receives rows 2t and 2t + 1 of column g.
template <bool kTransposed, int kCount>
SIMT_DEVICE void load_matrices(std::uint32_t (&registers)[kCount], const void* row,
                               [[maybe_unused]] Site site = Site::here()) {
  static_assert(kCount == 1 || kCount == 2 || kCount == 4);
#if defined(__CUDACC__)
  const std::uint32_t address = shared_address(row);
  std::uint32_t(&r)[kCount] = registers;
  if constexpr (kCount == 4 && kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  else if constexpr (kCount == 4)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  else if constexpr (kCount == 2 && kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(address)
                 : "memory");
  else if constexpr (kCount == 2)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(address)
                 : "memory");
  else if constexpr (kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                 : "=r"(r[0])
                 : "r"(address)
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
                 : "=r"(r[0])
                 : "r"(address)
                 : "memory");
#else
  emulator::load_matrices(registers, kCount, kTransposed, row, site);
#endif
}

// Stores kCount (1, 2, 4) 8x8 matrices of 16-bit elements: the inverse of load_matrices (stmatrix, sm_90).
template <bool kTransposed, int kCount>
SIMT_DEVICE void store_matrices(const std::uint32_t (&registers)[kCount], void* row,
                                [[maybe_unused]] Site site = Site::here()) {
  static_assert(kCount == 1 || kCount == 2 || kCount == 4);
#if defined(__CUDACC__)
  [[maybe_unused]] const std::uint32_t address = shared_address(row);
  if constexpr (kCount == 4 && kTransposed)
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address),
                  "r"(registers[0]), "r"(registers[1]), "r"(registers[2]), "r"(registers[3])
                  : "memory");
  else if constexpr (kCount == 4)
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address),
                  "r"(registers[0]), "r"(registers[1]), "r"(registers[2]), "r"(registers[3])
                  : "memory");
  else if constexpr (kCount == 2 && kTransposed)
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1, %2};" ::"r"(address),
                  "r"(registers[0]), "r"(registers[1])
                  : "memory");
  else if constexpr (kCount == 2)
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1, %2};" ::"r"(address),
                  "r"(registers[0]), "r"(registers[1])
                  : "memory");
  else if constexpr (kTransposed)
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%0], {%1};" ::"r"(address),
                  "r"(registers[0])
                  : "memory");
  else
    SIMT_SM90_ASM("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%0], {%1};" ::"r"(address), "r"(registers[0])
                  : "memory");
#else
  emulator::store_matrices(registers, kCount, kTransposed, row, site);
#endif
}

#if defined(__CUDACC__)
// C += A B, one mma.sync.m16n8k16.
template <class T>
SIMT_DEVICE void multiply_16x8x16(float (&c)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);

template <>
SIMT_DEVICE void multiply_16x8x16<f16>(float (&c)[4], const std::uint32_t (&a)[4],
                                       const std::uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, "
      "%1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

template <>
SIMT_DEVICE void multiply_16x8x16<bf16>(float (&c)[4], const std::uint32_t (&a)[4],
                                        const std::uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#endif

// C[m][first + n] += A[m] B[n] for kRows x kColumns products. T is f16 or bf16. On a GPU each product is one
// mma.sync.m16n8k16. In the emulator all products are one collective. The PTX ISA does not specify the order
// in which the 16 terms are summed.
template <class T, int kRows, int kAllColumns, int kColumns>
SIMT_DEVICE void multiply_tile(float (&c)[kRows][kAllColumns][4], int first,
                               const std::uint32_t (&a)[kRows][4], const std::uint32_t (&b)[kColumns][2],
                               [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  SIMT_UNROLL
  for (int m = 0; m < kRows; ++m) {
    SIMT_UNROLL
    for (int n = 0; n < kColumns; ++n) multiply_16x8x16<T>(c[m][first + n], a[m], b[n]);
  }
#else
  emulator::multiply_tile<T>({c[0] + first, kAllColumns, a, b, kRows, kColumns}, site);
#endif
}

}  // namespace warpgauge::simt
