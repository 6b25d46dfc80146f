// Checks that the warps of a warpgroup execute the same wgmma and setmaxnreg instructions in the same order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>

#include "kernels/simt/site.h"
#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {

// One such instruction.
struct WarpgroupStep {
  const char* what;
  Site site;
  std::array<const void*, 2> operands;  // in shared memory

  bool operator==(const WarpgroupStep&) const = default;
};

class Warpgroup {
 public:
  // Records the next step of a warp (0..3). Null if other warps did the same; otherwise their step.
  const WarpgroupStep* record(int warp, const WarpgroupStep& step) {
    const std::size_t at = done_[warp]++ - dropped_;
    if (at == steps_.size())
      steps_.push_back(step);
    else if (steps_[at] != step)
      return &steps_[at];
    while (dropped_ < *std::min_element(done_.begin(), done_.end())) {
      steps_.pop_front();
      ++dropped_;
    }
    return nullptr;
  }

  // Whether warp `other` has already executed the next step of `warp`.
  bool is_ahead(int other, int warp) const { return done_[other] > done_[warp]; }

  // The first step that other warps have executed and this one has not; null if none.
  const WarpgroupStep* missed_by(int warp) const {
    const std::size_t at = done_[warp] - dropped_;
    return at < steps_.size() ? &steps_[at] : nullptr;
  }

 private:
  std::deque<WarpgroupStep> steps_;  // those that not all warps have executed yet
  std::size_t dropped_ = 0;          // steps before them
  std::array<std::size_t, kWarpsPerWarpgroup> done_{};
};

}  // namespace warpgauge::simt::emulator
