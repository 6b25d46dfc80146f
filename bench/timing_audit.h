// Does what the clocks of a case say about its launches agree? A kernel that replaces a clock, or that uses
// more CPUs than it was given, is refused.
#pragma once

#include <string>
#include <vector>

#include "bench/sampler.h"

namespace warpgauge::bench {

class TimingAudit {
 public:
  void add(const Sample& sample) { samples_.push_back(sample); }

  // Empty, or why the times of the samples are not valid. More than half of the samples must show it: one
  // sample alone may have been interrupted. `threads` is the number that the kernel may use; 0: not known.
  [[nodiscard]] std::string fault(const Sampler& sampler, int threads) const;

 private:
  std::vector<Sample> samples_;
};

}  // namespace warpgauge::bench
