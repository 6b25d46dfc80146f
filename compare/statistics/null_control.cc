#include "compare/statistics/null_control.h"

#include <algorithm>
#include <cmath>

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

TwoWayData null_differences(std::span<const AbBlock> blocks, std::size_t cases) {
  TwoWayData data;
  data.cases = cases;
  for (std::size_t b = 0; b + 1 < blocks.size(); b += 2) {
    for (const bool head_side : {false, true}) {
      const std::array<double, kPairPositions> weights = null_weights(head_side);
      data.head.push_back(true);
      for (std::size_t c = 0; c < cases; ++c) {
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

}  // namespace

bool is_head(int block, int position) {
  return (block % 2 == 0) == (position == 1 || position == 2);
}

NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins, double alpha) {
  NullControl control;
  control.pairs = static_cast<int>(blocks.size() / 2);
  if (control.pairs < kFewestNullPairs) return control;
  const TwoWayFit fit = fit_two_way(null_differences(blocks, margins.size()));
  const Effects effects = estimate_effects(fit, variance_prior(fit), margins);
  std::vector<Standing> standing;
  for (const CaseFit& one : fit.cases) standing.push_back(one.units > 0 ? Standing::open : Standing::closed);
  // Both directions, at half the level each. Only the regressions of `judge` are used.
  const std::vector<Verdict> slower = judge(effects, margins, standing, {alpha / 2, 0});
  Effects opposite = effects;
  for (Effect& effect : opposite.cases) {
    effect.absolute.value = -effect.absolute.value;
    effect.relative.value = -effect.relative.value;
  }
  const std::vector<Verdict> faster = judge(opposite, margins, standing, {alpha / 2, 0});
  control.verdict = NullVerdict::passed;
  for (std::size_t c = 0; c < slower.size(); ++c) {
    const double p = std::min(1.0, 2 * std::min(slower[c].p_adjusted, faster[c].p_adjusted));
    if (p <= alpha) control.flagged.push_back(c);
  }
  if (!control.flagged.empty()) control.verdict = NullVerdict::failed;
  return control;
}

}  // namespace warpgauge
