#include "compare/statistics/unpaired_rule.h"

#include "compare/statistics/two_sample.h"

namespace warpgauge {
namespace {

constexpr int kEnoughProcesses = 3;  // a side: with fewer, the deviation is the assumed one

}  // namespace

Outcome decide_unpaired(std::span<const UnpairedCase> cases, const UnpairedOptions& options) {
  std::vector<TwoSampleCase> samples;
  for (const UnpairedCase& one : cases) samples.push_back({one.base, one.head, one.margins, {}});
  TwoSampleDesign design;
  design.alpha = options.alpha;
  design.assumed_deviation = options.assumed_deviation;
  design.assumes = [](int base, int head) { return base < kEnoughProcesses || head < kEnoughProcesses; };
  design.units = {"process a side", "processes a side"};
  return decide_two_samples(samples, design);
}

}  // namespace warpgauge
