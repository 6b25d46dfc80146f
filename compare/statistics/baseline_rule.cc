#include "compare/statistics/baseline_rule.h"

#include <algorithm>
#include <numeric>

#include "compare/statistics/moderation.h"
#include "compare/statistics/two_sample.h"

namespace warpgauge {
namespace {

VariancePrior spread_prior(std::span<const BaselineCase> cases) {
  std::vector<double> variances, dfs;
  for (const BaselineCase& one : cases) {
    if (!(one.spread.df > 0)) continue;
    variances.push_back(one.spread.variance);
    dfs.push_back(one.spread.df);
  }
  return fit_variance_prior(variances, dfs);
}

}  // namespace

double round_number(std::span<const double> process_numbers) {
  return std::accumulate(process_numbers.begin(), process_numbers.end(), 0.0) /
         static_cast<double>(process_numbers.size());
}

RoundSpread round_spread(std::span<const std::vector<double>> processes) {
  RoundSpread spread;
  double squares = 0, count = 0;
  for (const std::vector<double>& round : processes) {
    if (round.empty()) continue;
    const double mean = round_number(round);
    for (const double number : round) squares += (number - mean) * (number - mean);
    spread.df += static_cast<double>(round.size()) - 1;
    count += static_cast<double>(round.size());
  }
  if (spread.df > 0) spread.variance = squares / spread.df;
  if (!processes.empty()) spread.processes = std::max(1.0, count / static_cast<double>(processes.size()));
  return spread;
}

Outcome decide_against_baseline(std::span<const BaselineCase> cases, const BaselineOptions& options) {
  std::vector<TwoSampleCase> samples;
  const VariancePrior prior = spread_prior(cases);
  for (const BaselineCase& one : cases) {
    const ModeratedVariance shown =
        one.spread.df > 0 ? moderate(one.spread.variance, one.spread.df, prior) : ModeratedVariance{};
    samples.push_back({one.stored, one.fresh, one.margins, shown, one.spread.processes});
  }
  TwoSampleDesign design;
  design.alpha = options.alpha;
  design.assumed_deviation = options.assumed_deviation;
  design.assumes = [](int stored, int) { return stored < kFewestMeasuredUnits; };
  design.sides_grow_together = false;
  return decide_two_samples(samples, design);
}

}  // namespace warpgauge
