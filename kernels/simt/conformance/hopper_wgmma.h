// wgmma (sm_90a): several N, both types, A in shared memory and in registers, both major orders of A and B.
#pragma once

#include "kernels/simt/conformance/ampere.h"

namespace warpgauge::simt::conformance {
namespace {

enum class Source { k_major, mn_major, registers };  // of A
enum class Values { whole, fractions, special };     // as in ampere.h

constexpr const char* kSourceNames[] = {"k", "mn", "registers"};
constexpr const char* kValuesNames[] = {"whole", "fractions", "special"};

constexpr int kWgmmaRows = 64, kWgmmaDepth = 16;
constexpr int kPanel = 64 * 64;   // elements of a tile of 64 rows of 128 bytes
constexpr int kDepthInTile = 48;  // the product uses the last 16 of the tile's 64 along K
constexpr int kWordsOfRow = kWgmmaDepth / 2;
constexpr int kWordsOfA = kWgmmaRows * kWordsOfRow;

// The index of element (row, k) of A, or (k, row) of B, in the 128-byte swizzle.
template <Major kMajor>
SIMT_DEVICE int place_in_tile(int row, int k) {
  const int line = kMajor == Major::k ? row : k, at = kMajor == Major::k ? k : row;
  return at / 64 * kPanel + line * 64 + swizzled_chunk(line, at % 64 / 8) * 8 + at % 8;
}

template <Major kMajor>
constexpr int tile_elements(int rows) {
  return kMajor == Major::k ? rows * 64 : (rows + 63) / 64 * kPanel;
}

// Copies elements [rows, 16] to a tile.
template <Major kMajor>
SIMT_DEVICE SharedMatrix<kMajor> fill_tile(std::uint16_t* tile, const std::uint16_t* elements, int rows) {
  for (int i = thread_index(); i < rows * kWgmmaDepth; i += kWarpgroupSize)
    tile[place_in_tile<kMajor>(i / kWgmmaDepth, kDepthInTile + i % kWgmmaDepth)] = elements[i];
  if constexpr (kMajor == Major::k)
    return k_major(tile).advanced(kDepthInTile * 2);
  else
    return mn_major(tile, kPanel * 2).advanced(kDepthInTile * 128);
}

// D = A B, then D += A B. The operands of the block are A [64][16], then B [N][16].
template <class T, Source kSource, Major kMajor, int kColumns, Values kValues>
struct Wgmma {
  static constexpr const char* kType = std::is_same_v<T, f16> ? "f16" : "bf16";
  static constexpr Name kName = Name() << "wgmma_" << kType << "_n" << kColumns << "_"
                                       << kSourceNames[static_cast<int>(kSource)] << "_"
                                       << kSourceNames[static_cast<int>(kMajor)] << "_"
                                       << kValuesNames[static_cast<int>(kValues)],
                        kInstruction = Name() << "wgmma.mma_async.sync.aligned.m64n" << kColumns << "k16.f32."
                                              << kType << "." << kType;
  // As kMultiplyError, for two products. The first result, below 64, is a term of the second.
  static constexpr double kError = 2 * (17 * 0x1p-23 * 64 + 2 * 0x1p-23 * 64);
  static constexpr int kRegisters = kColumns / 2;
  static constexpr bool kSummed = kValues == Values::whole;
  static constexpr Facts kFacts{
      .name = kName.text(),
      .instruction = kInstruction.text(),
      .words_in = (kWordsOfA + kColumns * kWordsOfRow + kWarpgroupSize - 1) / kWarpgroupSize,
      .words_out = kSummed ? 4 : kRegisters,
      .tolerance = {.kind = kSummed ? Tolerance::bits : Tolerance::f32,
                    .absolute = kValues == Values::fractions ? kError : 0},
      .threads = kWarpgroupSize,
      .shared_bytes = 2 * (tile_elements<Major::mn>(kWgmmaRows) + tile_elements<Major::mn>(kColumns)),
      .hopper = true};

  static std::uint32_t operand(Random& random, int thread, int word) {
    const int index = thread * kFacts.words_in + word;
    const bool is_a = index < kWordsOfA;
    if constexpr (kValues == Values::whole) return MultiplyWhole<T>::operand(random, 0, 0);
    if constexpr (kValues == Values::fractions) return MultiplyFractions<T>::operand(random, 0, 0);
    return MultiplySpecial<T>::operand(random, index % kWordsOfRow ? 1 : 0, is_a ? 0 : 4);
  }

  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    const auto* const a =
        reinterpret_cast<const std::uint16_t*>(in - thread_index() * kFacts.words_in);  // [64][16]
    const auto* const b = a + kWgmmaRows * kWgmmaDepth;                                 // [N][16]
    SharedMemory shared;
    auto* const b_tile = shared.array<std::uint16_t>("B", tile_elements<kMajor>(kColumns), 1024);
    const auto b_matrix = fill_tile<kMajor>(b_tile, b, kColumns);
    float d[kRegisters];
    SIMT_UNROLL
    for (int i = 0; i < kRegisters; ++i) d[i] = 7.0f;
    if constexpr (kSource == Source::registers) {
      std::uint32_t fragment[4];
      load_fragment(fragment, a);
      multiply_twice(d, fragment, b_matrix);
    } else {
      constexpr Major kMajorA = kSource == Source::k_major ? Major::k : Major::mn;
      auto* const a_tile = shared.array<std::uint16_t>("A", kPanel, 1024);
      multiply_twice(d, fill_tile<kMajorA>(a_tile, a, kWgmmaRows), b_matrix);
    }
    if constexpr (kSummed)
      write_sums(d, out);
    else
      write_all(d, out);
  }

 private:
  // The fragment of A for mma.m16n8k16, 16 rows per warp.
  SIMT_DEVICE static void load_fragment(std::uint32_t (&fragment)[4], const std::uint16_t* a) {
    SIMT_UNROLL
    for (int r = 0; r < 4; ++r) {
      const int row = warp_index() * 16 + lane_index() / 4 + r % 2 * 8, k = lane_index() % 4 * 2 + r / 2 * 8;
      const std::uint32_t low = a[row * kWgmmaDepth + k], high = a[row * kWgmmaDepth + k + 1];
      fragment[r] = low | high << 16;
    }
  }

  template <class A>
  SIMT_DEVICE static void multiply_twice(float (&d)[kRegisters], const A& a, SharedMatrix<kMajor> b) {
    fence_proxy_async();
    syncthreads();
    wgmma_fence();
    wgmma<T>(d, a, b, false);
    wgmma<T>(d, a, b, true);
    wgmma_commit();
    wgmma_wait<0>();
    pin_registers(d);
  }

  SIMT_DEVICE static void write_all(const float (&d)[kRegisters], std::uint32_t* out) {
    SIMT_UNROLL
    for (int i = 0; i < kRegisters; ++i) memcpy(out + i, d + i, sizeof d[i]);
  }

  // Writes four weighted sums of integers instead of all registers, to keep vector files small. Each register
  // contributes to one of them.
  SIMT_DEVICE static void write_sums(const float (&d)[kRegisters], std::uint32_t* out) {
    int sums[4] = {0, 0, 0, 0};
    SIMT_UNROLL
    for (int i = 0; i < kRegisters; ++i) sums[i % 4] += (i / 4 + 1) * static_cast<int>(d[i]);
    SIMT_UNROLL
    for (int i = 0; i < 4; ++i) out[i] = static_cast<std::uint32_t>(sums[i]);
  }
};

std::vector<Primitive> hopper_wgmma_primitives() {
  constexpr Source kK = Source::k_major, kMn = Source::mn_major, kRegisters = Source::registers;
  constexpr Values kWhole = Values::whole, kFractions = Values::fractions, kSpecial = Values::special;
  return list<Wgmma<f16, kK, Major::k, 8, kWhole>, Wgmma<f16, kK, Major::k, 64, kWhole>,
              Wgmma<bf16, kK, Major::k, 256, kWhole>, Wgmma<bf16, kK, Major::mn, 64, kWhole>,
              Wgmma<f16, kK, Major::mn, 176, kWhole>, Wgmma<f16, kMn, Major::k, 72, kWhole>,
              Wgmma<bf16, kMn, Major::mn, 128, kWhole>, Wgmma<f16, kRegisters, Major::k, 24, kWhole>,
              Wgmma<bf16, kRegisters, Major::mn, 256, kWhole>, Wgmma<f16, kK, Major::k, 16, kFractions>,
              Wgmma<bf16, kK, Major::mn, 16, kFractions>, Wgmma<f16, kRegisters, Major::mn, 16, kFractions>,
              Wgmma<bf16, kRegisters, Major::k, 16, kFractions>, Wgmma<f16, kK, Major::k, 8, kSpecial>,
              Wgmma<bf16, kRegisters, Major::k, 8, kSpecial>>();
}

}  // namespace
}  // namespace warpgauge::simt::conformance
