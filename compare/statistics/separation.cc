#include "compare/statistics/separation.h"

#include <algorithm>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>
#include <vector>

#include "base/quantile.h"
#include "compare/statistics/outliers.h"
#include "compare/statistics/scatter.h"

namespace warpgauge {
namespace {

constexpr double kGapPower = 3, kGapFactor = 4.3;
constexpr double kLeastNoise = kNegligibleShift / 2;  // a coarse clock shows none
constexpr double kLoneOutside = 6;                    // deviations; a single value beyond takes no part

std::vector<double> finite_numbers(std::span<const double> values) {
  std::vector<double> kept(values.begin(), values.end());
  std::erase_if(kept, [](double one) { return !std::isfinite(one); });
  return kept;
}

double noise_within(const std::vector<double>& base, const std::vector<double>& head) {
  std::vector<double> distances;
  for (const auto* side : {&base, &head}) {
    const double centre = median(*side);
    for (const double value : *side) distances.push_back(std::abs(value - centre));
  }
  return std::max(kLeastNoise, kMadToDeviation * median(distances));
}

// Without the value that is farther than `limit` from all others, if there is exactly one.
std::vector<double> without_lone_outlier(const std::vector<double>& side, const std::vector<double>& other,
                                         double limit) {
  std::vector<double> kept;
  for (std::size_t i = 0; i < side.size(); ++i) {
    bool near = std::ranges::any_of(other, [&](double one) { return std::abs(one - side[i]) <= limit; });
    for (std::size_t k = 0; k < side.size(); ++k) near |= k != i && std::abs(side[k] - side[i]) <= limit;
    if (near) kept.push_back(side[i]);
  }
  return kept.size() + 1 == side.size() ? kept : side;
}

}  // namespace

double separation_p(std::span<const double> base, std::span<const double> head, double margin) {
  const std::vector<double> all_base = finite_numbers(base), all_head = finite_numbers(head);
  if (std::min(all_base.size(), all_head.size()) < kFewestSeparated) return 1;
  const double noise = noise_within(all_base, all_head);
  const std::vector<double> of_base = without_lone_outlier(all_base, all_head, kLoneOutside * noise);
  const std::vector<double> of_head = without_lone_outlier(all_head, all_base, kLoneOutside * noise);
  const double gap = std::ranges::min(of_head) - std::ranges::max(of_base) - margin;
  if (!(gap > 0)) return 1;
  const double orders = boost::math::binomial_coefficient<double>(
      static_cast<unsigned>(of_base.size() + of_head.size()), static_cast<unsigned>(of_base.size()));
  return std::min(1.0, kGapFactor * std::pow(1 + gap / noise, -kGapPower)) / orders;
}

}  // namespace warpgauge
