#include "compare/statistics/outliers.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// Means of what is kept, and units of either side that hold the case.
struct Kept {
  double mean[2] = {0, 0};
  double units[2] = {0, 0};
};

Kept kept_of(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded) {
  Kept kept;
  double counted[2] = {0, 0};
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    const double y = data.at(u, c);
    if (std::isnan(y)) continue;
    const std::size_t side = data.side_of(u);
    ++kept.units[side];
    if (is_excluded(excluded, u)) continue;
    kept.mean[side] += y;
    ++counted[side];
  }
  for (int s = 0; s < 2; ++s)
    if (counted[s] > 0) kept.mean[s] /= counted[s];
  return kept;
}

}  // namespace

std::size_t most_excluded(std::size_t units, bool blocks) {
  const double chance = blocks ? 0.25 : 0.5, level = blocks ? 0.002 : 0.05;
  const boost::math::binomial alike(static_cast<double>(units), chance);
  std::size_t most = 0;
  // P(as many as units - most - 1 alike, or more)
  while (most + 1 < units && cdf(complement(alike, static_cast<double>(units - most - 1) - 1)) <= level)
    ++most;
  return most;
}

std::vector<Outlier> find_outliers(const TwoWayData& data, std::span<const double> shared) {
  std::vector<double> centres(2), distances;
  for (const std::size_t side : {0, 1}) {
    std::vector<double> of_side;
    for (std::size_t u = 0; u < shared.size(); ++u)
      if (data.side_of(u) == side) of_side.push_back(shared[u]);
    if (of_side.empty()) continue;
    centres[side] = median(of_side);
    for (const double g : of_side) distances.push_back(std::abs(g - centres[side]));
  }
  if (distances.empty()) return {};
  const double limit = std::max(kNegligibleShift, kFarOutside * 1.4826 * median(distances));
  std::vector<Outlier> outlying;
  std::size_t units[2] = {0, 0}, excluded[2] = {0, 0};
  for (std::size_t u = 0; u < shared.size(); ++u) {
    const std::size_t side = data.side_of(u);
    ++units[side];
    if (!(std::abs(shared[u] - centres[side]) > limit)) continue;
    ++excluded[side];
    outlying.push_back({u, shared[u] - centres[side]});
  }
  for (const std::size_t side : {0, 1})
    if (excluded[side] > 0 && excluded[side] > most_excluded(units[side], data.is_paired())) return {};
  return outlying;
}

bool is_excluded(std::span<const Outlier> excluded, std::size_t unit) {
  return std::ranges::binary_search(excluded, unit, {}, &Outlier::unit);
}

bool is_against_head(const TwoWayData& data, const Outlier& one) {
  return data.head[one.unit] == (one.shift > 0);
}

bool may_be_heads_own(const TwoWayData& data, std::span<const Outlier> excluded) {
  std::size_t against = 0, units = 0;
  for (const Outlier& one : excluded) {
    if (!is_against_head(data, one)) continue;
    ++against;
    units = static_cast<std::size_t>(std::count(data.head.begin(), data.head.end(), data.head[one.unit]));
  }
  return against > 1 || (against == 1 && units < (data.is_paired() ? kLoneOutlierBlocks : kLoneOutlierUnits));
}

double excluded_change(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded) {
  const Kept kept = kept_of(data, c, excluded);
  struct Part {
    double distance, units;  // from what is kept of its side, > 0 where it is what it is left out for
  };
  std::vector<Part> against, in_favour;
  for (const Outlier& one : excluded) {
    const double y = data.at(one.unit, c);
    if (std::isnan(y)) continue;
    const std::size_t side = data.side_of(one.unit);
    const double distance = (one.shift > 0 ? 1 : -1) * (y - kept.mean[side]);
    (is_against_head(data, one) ? against : in_favour).push_back({distance, kept.units[side]});
  }
  double sum = 0, added = 0;
  for (const Part& one : against) {
    sum += one.distance;
    added += one.distance / one.units;
  }
  if (!(added > 0)) return 0;
  const double typical = sum / static_cast<double>(against.size());
  for (const Part& one : in_favour) added -= std::min(one.distance, typical) / one.units;
  return std::max(0.0, added);
}

}  // namespace warpgauge
