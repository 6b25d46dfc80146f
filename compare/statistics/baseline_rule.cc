#include "compare/statistics/baseline_rule.h"

#include <numeric>

#include "compare/statistics/two_sample.h"

namespace warpgauge {
namespace {

constexpr int kEnoughRounds = 3;  // stored: with fewer, the deviation is the assumed one

}  // namespace

double round_number(std::span<const double> process_numbers) {
  return std::accumulate(process_numbers.begin(), process_numbers.end(), 0.0) /
         static_cast<double>(process_numbers.size());
}

Outcome decide_against_baseline(std::span<const BaselineCase> cases, const BaselineOptions& options) {
  std::vector<TwoSampleCase> samples;
  for (const BaselineCase& one : cases) samples.push_back({one.stored, one.fresh, one.margins});
  TwoSampleDesign design;
  design.alpha = options.alpha;
  design.assumed_deviation = options.assumed_deviation;
  design.assumes = [](int stored, int) { return stored < kEnoughRounds; };
  design.base_grows = false;
  design.units = {"new round", "new rounds"};
  return decide_two_samples(samples, design);
}

}  // namespace warpgauge
