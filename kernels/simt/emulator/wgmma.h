// The wgmmas of a warp that are in flight: its 16 rows of each product, in the order of issue.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <list>

#include "kernels/simt/emulator/device.h"
#include "kernels/simt/emulator/vector_clock.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

// Accumulators that some product in flight adds to. Meanwhile the lanes' own hold NaN.
struct Accumulators {
  std::array<float*, 32> registers;  // of each lane, [columns / 2]
  int columns;
  Site site;                          // of the last product
  int last_group;                     // that adds to them
  alignas(64) float sums[32][16][8];  // [columns / 8, 16, 8]
};

struct Product {
  Wgmma operands;  // registers are lane 0's
  bool is_f16;
  Accumulators* sums;
  std::array<const std::uint32_t*, 32> a_registers;  // null: A is in shared memory
  std::array<std::uint16_t, 256> a_bits;             // [16, 16], where it is in registers
  int group;
  bool done;
  Site site;
};

struct WgmmaQueue {
  std::deque<Product> products;
  std::list<Accumulators> accumulators;
  int committed_groups = 0;
  Lesson lesson;  // that the first lesson_groups groups of the warpgroup have finished
  int lesson_groups = 0;
};

}  // namespace warpgauge::simt::emulator
