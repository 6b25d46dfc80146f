// The four warps of a warpgroup must execute the same wgmma and setmaxnreg instructions in the same order:
// what each has done, held against what the first one did.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>

#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

inline constexpr int kWarpsOfGroup = 4;

struct WarpgroupStep {
  const char* what;
  Site site;
  std::array<const void*, 2> operands;  // in shared memory

  bool operator==(const WarpgroupStep&) const = default;
};

class Warpgroup {
 public:
  // Null when the warp (0..3) does what the others did at this point, otherwise what they did.
  const WarpgroupStep* take(int warp, const WarpgroupStep& step) {
    const std::size_t at = done_[warp]++ - forgotten_;
    if (at == steps_.size())
      steps_.push_back(step);
    else if (steps_[at] != step)
      return &steps_[at];
    while (forgotten_ < *std::min_element(done_.begin(), done_.end())) {
      steps_.pop_front();
      ++forgotten_;
    }
    return nullptr;
  }

  // Whether warp `other` has done what comes next for the warp.
  bool has_done(int other, int warp) const { return done_[other] > done_[warp]; }

  // What other warps have done and this one has not; null if nothing.
  const WarpgroupStep* missed_by(int warp) const {
    const std::size_t at = done_[warp] - forgotten_;
    return at < steps_.size() ? &steps_[at] : nullptr;
  }

 private:
  std::deque<WarpgroupStep> steps_;  // from the first on that some warp has not done
  std::size_t forgotten_ = 0;        // before those
  std::array<std::size_t, kWarpsOfGroup> done_{};
};

}  // namespace warpgauge::simt::emulator
