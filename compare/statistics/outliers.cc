#include "compare/statistics/outliers.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "base/quantile.h"
#include "compare/statistics/scatter.h"

namespace warpgauge {
namespace {

// Per side: the mean of the units that are not excluded, and all units that hold the case.
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

ExcludedUnits group(std::span<const Outlier> excluded, std::size_t base_units, std::size_t head_units,
                    Side side, bool slower) {
  const bool head = side == Side::head;
  ExcludedUnits units{side, slower, {}, head ? head_units : base_units, 0};
  std::vector<double> shifts;
  for (const Outlier& one : excluded) {
    if ((one.unit >= base_units) != head || (one.shift > 0) != slower) continue;
    units.numbers.push_back(one.unit - (head ? base_units : 0) + 1);
    shifts.push_back(one.shift);
  }
  if (!shifts.empty()) units.log_shift = median(shifts);
  return units;
}

// A case's values less g, by side; units without the case are omitted.
struct ValuesOfCase {
  std::vector<double> values[2];
  std::vector<std::size_t> units[2];
  double centre[2] = {0, 0};
  double deviation = 0;
};

ValuesOfCase values_of_case(const TwoWayData& data, std::size_t c, std::span<const double> shared) {
  ValuesOfCase of_case;
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    const double y = data.at(u, c);
    if (std::isnan(y)) continue;
    of_case.values[data.side_of(u)].push_back(y - shared[u]);
    of_case.units[data.side_of(u)].push_back(u);
  }
  std::vector<double> distances;
  for (const std::size_t side : {0, 1}) {
    if (of_case.values[side].empty()) continue;
    of_case.centre[side] = median(of_case.values[side]);
    for (const double value : of_case.values[side])
      distances.push_back(std::abs(value - of_case.centre[side]));
  }
  if (!distances.empty()) of_case.deviation = kMadToDeviation * median(distances);
  return of_case;
}

bool is_far_from_all(double value, const std::vector<double>& others, double limit) {
  return std::ranges::none_of(others, [&](double other) { return std::abs(value - other) <= limit; });
}

}  // namespace

std::size_t most_excluded(std::size_t units, bool blocks) {
  const double chance = blocks ? 0.25 : 0.5, level = blocks ? 0.002 : 0.05;
  const boost::math::binomial alike(static_cast<double>(units), chance);
  std::size_t most = 0;
  // P(at least units - most - 1 units look alike)
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
  const double limit = std::max(kNegligibleShift, kFarOutside * kMadToDeviation * median(distances));
  std::vector<Outlier> outliers;
  std::size_t units[2] = {0, 0}, excluded[2] = {0, 0};
  for (std::size_t u = 0; u < shared.size(); ++u) {
    const std::size_t side = data.side_of(u);
    ++units[side];
    if (!(std::abs(shared[u] - centres[side]) > limit)) continue;
    ++excluded[side];
    outliers.push_back({u, shared[u] - centres[side]});
  }
  for (const std::size_t side : {0, 1})
    if (excluded[side] > 0 && excluded[side] > most_excluded(units[side], data.is_paired())) return {};
  return outliers;
}

double case_deviation(const TwoWayData& data, std::size_t c, std::span<const double> shared) {
  return values_of_case(data, c, shared).deviation;
}

std::vector<Outlier> find_case_outliers(const TwoWayData& data, std::size_t c, std::span<const double> shared,
                                        double typical) {
  const ValuesOfCase of_case = values_of_case(data, c, shared);
  const double limit = std::max({kNegligibleShift, kFarOutside * of_case.deviation, kTypicalFar * typical});
  std::vector<Outlier> outliers;
  for (const std::size_t side : {0, 1}) {
    const std::vector<double>& values = of_case.values[side];
    std::size_t excluded = 0, isolated = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double shift = values[i] - of_case.centre[side];
      if (!(std::abs(shift) > limit)) continue;
      ++excluded;
      isolated += is_far_from_all(values[i], of_case.values[1 - side], limit);
      outliers.push_back({of_case.units[side][i], shift});
    }
    const std::size_t most = most_excluded(values.size(), false);
    const bool one_alone = values.size() >= kFewestOfCase && excluded == 1 && isolated == 1;
    if (excluded > most && !one_alone) return {};
  }
  std::ranges::sort(outliers, {}, &Outlier::unit);
  return outliers;
}

std::vector<Outlier> excluded_for_case(std::span<const Outlier> in_all_cases,
                                       std::span<const Outlier> in_case) {
  std::vector<Outlier> excluded(in_all_cases.begin(), in_all_cases.end());
  excluded.insert(excluded.end(), in_case.begin(), in_case.end());
  std::ranges::sort(excluded, {}, &Outlier::unit);
  return excluded;
}

bool is_excluded(std::span<const Outlier> excluded, std::size_t unit) {
  return std::ranges::binary_search(excluded, unit, {}, &Outlier::unit);
}

bool is_against_head(const TwoWayData& data, const Outlier& one) {
  return data.head[one.unit] == (one.shift > 0);
}

bool may_be_heads_own(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded) {
  std::size_t against = 0, units = 0;
  for (const Outlier& one : excluded) {
    if (!is_against_head(data, one)) continue;
    ++against;
    units = 0;
    for (std::size_t u = 0; u < data.head.size(); ++u)
      units += data.head[u] == data.head[one.unit] && !std::isnan(data.at(u, c));
  }
  return against > 1 || (against == 1 && units < (data.is_paired() ? kLoneOutlierBlocks : kLoneOutlierUnits));
}

double excluded_change(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded) {
  const Kept kept = kept_of(data, c, excluded);
  struct Part {
    double distance;  // from its side's mean, > 0 in the direction of the outlier's shift
    double units;     // of its side
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

std::vector<ExcludedUnits> group_excluded(std::span<const Outlier> excluded, std::size_t base_units,
                                          std::size_t head_units) {
  std::vector<ExcludedUnits> groups;
  for (const Side side : {Side::base, Side::head}) {
    for (const bool slower : {true, false}) {
      ExcludedUnits units = group(excluded, base_units, head_units, side, slower);
      if (!units.numbers.empty()) groups.push_back(std::move(units));
    }
  }
  return groups;
}

std::vector<ExcludedUnits> against_head(std::span<const ExcludedUnits> groups) {
  std::vector<ExcludedUnits> against;
  for (const ExcludedUnits& one : groups)
    if ((one.side == Side::head) == one.slower) against.push_back(one);
  return against;
}

}  // namespace warpgauge
