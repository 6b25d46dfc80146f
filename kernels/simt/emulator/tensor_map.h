// The emulator's tensor map, in place of the one that the CUDA driver encodes.
#pragma once

#include <array>
#include <cstdint>

namespace warpgauge::simt::emulator {

struct TensorMap {
  char* data = nullptr;
  int element_bytes = 0;
  int rank = 0;                          // 2 to 4
  std::array<std::int64_t, 4> extent{};  // in elements, the innermost dimension first
  std::array<std::int64_t, 4> stride{};  // in bytes
  std::array<int, 4> box{1, 1, 1, 1};    // in elements
  bool swizzled = false;                 // Swizzle::bytes_128

  int row_bytes() const { return box[0] * element_bytes; }
  int rows() const { return box[1] * box[2] * box[3]; }
  int box_bytes() const { return row_bytes() * rows(); }
};

}  // namespace warpgauge::simt::emulator
