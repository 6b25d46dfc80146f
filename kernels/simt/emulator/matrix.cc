// ldmatrix, stmatrix and mma.m16n8k16, with the fragment layouts of the PTX ISA and sums in f32.
#include <cstring>

#include "kernels/half.h"
#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"
#include "kernels/simt/emulator/product.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr int kRows = kTileRows, kColumns = kTileColumns, kDepth = kTileDepth;
constexpr std::size_t kMatrixRowBytes = 16;  // ldmatrix and stmatrix: eight 16-bit elements

struct MatrixRow {
  const void* address;
  std::uint32_t* registers;
};
struct TargetRow {
  void* address;
  const std::uint32_t* registers;
};

const TileOperands& operands(const Warp& warp, int lane) {
  return *static_cast<const TileOperands*>(warp.operands[lane]);
}

constexpr std::uint16_t low(std::uint32_t pair) {
  return static_cast<std::uint16_t>(pair);
}
constexpr std::uint16_t high(std::uint32_t pair) {
  return static_cast<std::uint16_t>(pair >> 16);
}

// Assembles the matrix of tile row `m` of A from the lanes' fragments.
template <class T>
void gather_a(const Warp& warp, int m, float* a) {
  std::uint16_t bits[kRows * kDepth];
  for (int lane = 0; lane < kWarpSize; ++lane) place_a_fragment(lane, operands(warp, lane).a[m], bits);
  widen(T{}, bits, a, kRows * kDepth);
}

template <class T>
void gather_b(const Warp& warp, int n, float* b) {
  std::uint16_t bits[kDepth * kColumns];
  for (int lane = 0; lane < kWarpSize; ++lane) {
    const std::uint32_t* const fragment = operands(warp, lane).b[n];
    const int g = lane / 4, t = lane % 4;
    for (int r = 0; r < 2; ++r) {
      bits[(2 * t + r * 8) * kColumns + g] = low(fragment[r]);
      bits[(2 * t + r * 8 + 1) * kColumns + g] = high(fragment[r]);
    }
  }
  widen(T{}, bits, b, kDepth * kColumns);
}

void gather_c(const Warp& warp, int tile, float* c) {
  for (int lane = 0; lane < kWarpSize; ++lane) {
    const float* const fragment = operands(warp, lane).c[tile];
    float* const at = c + lane / 4 * kColumns + lane % 4 * 2;
    std::memcpy(at, fragment, 2 * sizeof(float));
    std::memcpy(at + 8 * kColumns, fragment + 2, 2 * sizeof(float));
  }
}

void scatter_c(const Warp& warp, int tile, const float* c) {
  for (int lane = 0; lane < kWarpSize; ++lane) {
    float* const fragment = operands(warp, lane).c[tile];
    const float* const at = c + lane / 4 * kColumns + lane % 4 * 2;
    std::memcpy(fragment, at, 2 * sizeof(float));
    std::memcpy(fragment + 2, at + 8 * kColumns, 2 * sizeof(float));
  }
}

template <class T>
void multiply_warp(const Warp& warp) {
  const auto [c0, c_stride, a0, b0, rows, columns] = operands(warp, 0);
  alignas(64) float a[kRows * kDepth], b[kDepth * kColumns], c[kRows * kColumns];
  for (int m = 0; m < rows; ++m) {
    gather_a<T>(warp, m, a);
    for (int n = 0; n < columns; ++n) {
      gather_b<T>(warp, n, b);
      gather_c(warp, m * c_stride + n, c);
      multiply(a, b, c);
      scatter_c(warp, m * c_stride + n, c);
    }
  }
}

// ldmatrix: from memory to the lanes' registers.
void load_matrix(const Warp& warp, int matrix, bool transposed) {
  std::uint16_t elements[8][8];
  for (int row = 0; row < 8; ++row)
    std::memcpy(elements[row], static_cast<const MatrixRow*>(warp.operands[matrix * 8 + row])->address,
                kMatrixRowBytes);
  for (int lane = 0; lane < kWarpSize; ++lane) {
    const int g = lane / 4, t = lane % 4;
    const std::uint32_t first = transposed ? elements[2 * t][g] : elements[g][2 * t];
    const std::uint32_t second = transposed ? elements[2 * t + 1][g] : elements[g][2 * t + 1];
    static_cast<const MatrixRow*>(warp.operands[lane])->registers[matrix] = first | second << 16;
  }
}

// stmatrix: from the lanes' registers to memory.
void store_matrix(const Warp& warp, int matrix, bool transposed) {
  std::uint16_t elements[8][8];
  for (int lane = 0; lane < kWarpSize; ++lane) {
    const int g = lane / 4, t = lane % 4;
    const std::uint32_t pair = static_cast<const TargetRow*>(warp.operands[lane])->registers[matrix];
    (transposed ? elements[2 * t][g] : elements[g][2 * t]) = low(pair);
    (transposed ? elements[2 * t + 1][g] : elements[g][2 * t + 1]) = high(pair);
  }
  for (int row = 0; row < 8; ++row)
    std::memcpy(static_cast<const TargetRow*>(warp.operands[matrix * 8 + row])->address, elements[row],
                kMatrixRowBytes);
}

}  // namespace

void store_matrices(const std::uint32_t* registers, int count, bool transposed, void* row, Site site) {
  Call block;
  block->access_register(AccessKind::read, registers, count * sizeof(std::uint32_t), "(stmatrix) reads",
                         site);
  if (block->running()->lane < count * 8) {  // the instruction ignores the other lanes' addresses
    block->check_alignment(row, kMatrixRowBytes, "(stmatrix) writes", site);
    block->access_shared(AccessKind::write, row, kMatrixRowBytes, "(stmatrix) writes", site);
  }
  TargetRow own{row, registers};
  block->collective("store_matrices", &own, site, [count, transposed](const Warp& warp) {
    for (int matrix = 0; matrix < count; ++matrix) store_matrix(warp, matrix, transposed);
  });
}

void load_matrices(std::uint32_t* registers, int count, bool transposed, const void* row, Site site) {
  Call block;
  block->access_register(AccessKind::write, registers, count * sizeof(std::uint32_t), "(ldmatrix) writes",
                         site);
  if (block->running()->lane < count * 8) {  // the instruction ignores the other lanes' addresses
    block->check_alignment(row, kMatrixRowBytes, "(ldmatrix) reads", site);
    block->access_shared(AccessKind::read, row, kMatrixRowBytes, "(ldmatrix) reads", site);
  }
  MatrixRow own{row, registers};
  block->collective("load_matrices", &own, site, [count, transposed](const Warp& warp) {
    for (int matrix = 0; matrix < count; ++matrix) load_matrix(warp, matrix, transposed);
  });
}

template <class T>
void multiply_tile(const TileOperands& own, Site site) {
  Call block;
  for (int m = 0; m < own.rows; ++m)
    block->access_register(AccessKind::write, own.c[m * own.c_stride], own.columns * sizeof own.c[0],
                           "(mma) writes", site);
  block->access_register(AccessKind::read, own.a, own.rows * sizeof own.a[0], "(mma) reads", site);
  block->access_register(AccessKind::read, own.b, own.columns * sizeof own.b[0], "(mma) reads", site);
  block->collective("multiply_tile", const_cast<TileOperands*>(&own), site,
                    [](const Warp& warp) { multiply_warp<T>(warp); });
}

template void multiply_tile<f16>(const TileOperands&, Site);
template void multiply_tile<bf16>(const TileOperands&, Site);

}  // namespace warpgauge::simt::emulator
