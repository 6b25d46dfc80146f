#include "compare/statistics/null_control.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compare/statistics/judgement.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

constexpr std::size_t kPairPositions = 2 * kPositions;

// The null difference of one side, as weights over the eight positions of a pair of blocks.
std::array<double, kPairPositions> null_weights(bool head_side) {
  static constexpr double kContrast[] = {1, -1, -1, 1};
  std::array<double, kPairPositions> weights{};
  std::vector<double> positions;
  for (int position = 0; position < static_cast<int>(kPairPositions); ++position)
    if (is_head(position / kPositions, position % kPositions) == head_side) positions.push_back(position);
  double mean = 0, squares = 0, slope = 0;
  for (const double position : positions) mean += position / kPositions;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    squares += (positions[i] - mean) * (positions[i] - mean);
    slope += kContrast[i] * (positions[i] - mean);
  }
  slope /= squares;
  double norm = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    double& weight = weights[static_cast<std::size_t>(positions[i])];
    weight = kContrast[i] - slope * (positions[i] - mean);
    norm += weight * weight;
  }
  // The scale of a block's difference, which has the variance of one process: 2 * 1/4 per side.
  for (double& weight : weights) weight /= std::sqrt(norm);
  return weights;
}

TwoWayData null_differences(std::span<const AbBlock> blocks, std::span<const std::size_t> cases) {
  TwoWayData data;
  data.cases = cases.size();
  for (std::size_t b = 0; b + 1 < blocks.size(); b += 2) {
    for (const bool head_side : {false, true}) {
      const std::array<double, kPairPositions> weights = null_weights(head_side);
      data.head.push_back(true);
      for (const std::size_t c : cases) {
        double difference = 0;
        for (std::size_t position = 0; position < kPairPositions; ++position)
          difference +=
              weights[position] * blocks[b + position / kPositions].numbers[c][position % kPositions];
        data.values.push_back(difference);
      }
    }
  }
  return data;
}

// The null differences of all metrics, fitted metric by metric.
struct NullFamily {
  std::vector<std::size_t> cases;
  Effects effects;
};

NullFamily null_family(std::span<const AbBlock> blocks, std::span<const Margins> margins,
                       std::span<const std::vector<std::size_t>> metrics) {
  NullFamily family;
  std::vector<Effects> effects;
  for (const std::vector<std::size_t>& cases : metrics) {
    std::vector<Margins> of_cases;
    for (const std::size_t c : cases) of_cases.push_back(margins[c]);
    const TwoWayFit fit = fit_two_way(null_differences(blocks, cases));
    effects.push_back(estimate_effects(fit, variance_prior(fit), of_cases));
    family.cases.insert(family.cases.end(), cases.begin(), cases.end());
  }
  family.effects = one_family(effects);
  return family;
}

}  // namespace

bool is_head(int block, int position) {
  return (block % 2 == 0) == (position == 1 || position == 2);
}

NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins, double alpha) {
  std::vector<std::size_t> all(margins.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return null_control(blocks, margins, std::span(&all, 1), alpha);
}

NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins,
                         std::span<const std::vector<std::size_t>> metrics, double alpha) {
  NullControl control;
  control.pairs = static_cast<int>(blocks.size() / 2);
  if (control.pairs < kFewestNullPairs) return control;
  const NullFamily family = null_family(blocks, margins, metrics);
  // Both directions, at half the level each. Only the regressions of `judge` are used.
  const std::vector<Verdict> slower = judge(family.effects, {alpha / 2, 0});
  Effects opposite = family.effects;
  for (Effect& effect : opposite.cases) {
    effect.absolute.value = -effect.absolute.value;
    effect.relative.value = -effect.relative.value;
  }
  const std::vector<Verdict> faster = judge(opposite, {alpha / 2, 0});
  control.verdict = NullVerdict::passed;
  for (std::size_t i = 0; i < slower.size(); ++i) {
    const double p = std::min(1.0, 2 * std::min(slower[i].p_adjusted, faster[i].p_adjusted));
    if (p <= alpha) control.flagged.push_back(family.cases[i]);
  }
  std::ranges::sort(control.flagged);
  if (!control.flagged.empty()) control.verdict = NullVerdict::failed;
  return control;
}

}  // namespace warpgauge
