// The 128-byte swizzle of TMA and wgmma (PTX ISA, "Swizzling modes").
//
// A pattern is 1024 bytes: eight rows of 128 bytes, each eight chunks of 16 bytes. Chunk c of row r is stored
// at position c ^ r of its row. wgmma then reads columns of chunks without bank conflicts.
#pragma once

#include <cstddef>

namespace warpgauge::simt {

enum class Swizzle { none, bytes_128 };

inline constexpr std::size_t kSwizzleChunkBytes = 16;
inline constexpr std::size_t kSwizzleRowBytes = 128;
inline constexpr std::size_t kSwizzleRows = 8;
inline constexpr std::size_t kSwizzlePatternBytes = kSwizzleRows * kSwizzleRowBytes;

// The position (of 8) of chunk `chunk` in row `row`.
constexpr int swizzled_chunk(int row, int chunk) {
  return chunk ^ (row & 7);
}

}  // namespace warpgauge::simt
