#include "compare/statistics/unpaired_rule.h"

#include <algorithm>

#include "compare/statistics/two_sample.h"

namespace warpgauge {

Outcome decide_unpaired(std::span<const UnpairedCase> cases, const UnpairedOptions& options) {
  std::vector<TwoSampleCase> samples;
  for (const UnpairedCase& one : cases) samples.push_back({one.base, one.head, one.margins});
  TwoSampleDesign design;
  design.alpha = options.alpha;
  design.assumed_deviation = options.assumed_deviation;
  design.assumes = [](int base, int head) { return std::min(base, head) < kFewestMeasuredUnits; };
  return decide_two_samples(samples, design);
}

}  // namespace warpgauge
