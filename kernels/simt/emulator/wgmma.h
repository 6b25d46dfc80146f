// The wgmmas of a warp that are in flight, in the order of issue. Each warp computes 16 of the 64 rows.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <list>

#include "kernels/simt/emulator/device.h"
#include "kernels/simt/emulator/product.h"
#include "kernels/simt/emulator/vector_clock.h"
#include "kernels/simt/site.h"
#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {

inline constexpr int kMaxWgmmaColumns = 256;  // N

// The accumulators of products in flight. Until the wait, the lanes' registers hold NaN instead.
struct Accumulators {
  std::array<float*, kWarpSize> registers;  // of each lane, [columns / 2]
  int columns;
  Site site;       // of the last product
  int last_group;  // that uses them
  alignas(64) float sums[kMaxWgmmaColumns / kTileColumns][kTileRows][kTileColumns];
};

struct Product {
  Wgmma operands;  // of lane 0
  bool is_f16;
  Accumulators* sums;
  std::array<const std::uint32_t*, kWarpSize> a_registers;   // null: A is in shared memory
  std::array<std::uint16_t, kTileRows * kTileDepth> a_bits;  // A, if it is in registers
  int group;
  bool done;
  Site site;
};

struct WgmmaQueue {
  std::deque<Product> products;
  std::list<Accumulators> accumulators;
  int committed_groups = 0;
  ReleaseClock completed;  // of the first `completed_groups` groups of the warpgroup
  int completed_groups = 0;
};

}  // namespace warpgauge::simt::emulator
