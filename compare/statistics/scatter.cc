#include "compare/statistics/scatter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/quantile.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kCentreShare = 0.4, kBulkShare = 0.5;
constexpr double kAlmostShortest = 2;       // widths that are alike, for the centre
constexpr double kHalfOfNormal = 1.349;     // width of the middle half of a normal distribution
constexpr double kTailProbability = 0.025;  // per side

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> ascending(values.begin(), values.end());
  std::ranges::sort(ascending);
  return ascending;
}

// How many of `count` values an interval with this share holds, at least two.
std::size_t holds(std::size_t count, double share) {
  return std::max<std::size_t>(2, static_cast<std::size_t>(std::ceil(share * static_cast<double>(count))));
}

double shortest_width(std::span<const double> ascending, std::size_t held) {
  double width = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + held <= ascending.size(); ++i)
    width = std::min(width, ascending[i + held - 1] - ascending[i]);
  return width;
}

// The deviation of kTailDf's distribution that has the observed tails.
double tail_deviation(std::span<const double> changes) {
  const double centre = bulk_centre(changes), middle = median(changes);
  std::vector<double> ascending = sorted(changes);
  const double faster = centre - sorted_quantile(ascending, kTailProbability);
  const double slower = sorted_quantile(ascending, 1 - kTailProbability) - centre;
  for (double& one : ascending) one = std::abs(one - middle);
  const double both = quantile(ascending, 1 - 2 * kTailProbability);
  return std::min({both, kTailGuard * faster, kTailGuard * slower}) /
         student_upper_quantile(kTailProbability, kTailDf);
}

// How far the 95 % quantile of so many normal distances may exceed its expectation by chance, as a share of
// it: three standard errors, by the density of the distances there.
double chance_of_tails(std::size_t count) {
  constexpr double kQuantile = 1.96, kDensity = 2 * 0.0584, kOutside = 2 * kTailProbability;
  const double error = std::sqrt(kOutside * (1 - kOutside) / static_cast<double>(count)) / kDensity;
  return 3 * error / kQuantile;
}

}  // namespace

double robust_deviation(std::span<const double> values) {
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - middle));
  return kMadToDeviation * median(distances);
}

double bulk_centre(std::span<const double> values) {
  if (values.size() < 2) return values.empty() ? 0 : values[0];
  const std::vector<double> ascending = sorted(values);
  const std::size_t held = holds(ascending.size(), kCentreShare);
  const double most = kAlmostShortest * shortest_width(ascending, held);
  double centre = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + held <= ascending.size(); ++i) {
    const double middle = (ascending[i] + ascending[i + held - 1]) / 2;
    if (ascending[i + held - 1] - ascending[i] <= most && std::abs(middle) < std::abs(centre))
      centre = middle;
  }
  return centre;
}

double bulk_deviation(std::span<const double> values) {
  return values.size() < 2 ? 0
                           : shortest_width(sorted(values), holds(values.size(), kBulkShare)) / kHalfOfNormal;
}

CaseScatter scatter_over_cases(std::span<const double> changes, Expected expected, double df, double level) {
  CaseScatter widest{1, df, false};
  double critical = student_upper_quantile(level, df);
  const auto take = [&](double factor, double with_df, bool tails) {
    const double own = factor * student_upper_quantile(level, with_df);
    if (!(own > critical)) return;
    critical = own;
    widest = {factor, with_df, tails};
  };
  if (expected == Expected::assumed && changes.size() >= kBulkCases) take(bulk_deviation(changes), df, false);
  if (changes.size() < kTailCases) return widest;
  const double tails = tail_deviation(changes);
  if (expected == Expected::assumed ||
      tails * student_upper_quantile(kTailProbability, kTailDf) >
          student_upper_quantile(kTailProbability, df) * (1 + chance_of_tails(changes.size())))
    take(tails, kTailDf, true);
  return widest;
}

}  // namespace warpgauge
