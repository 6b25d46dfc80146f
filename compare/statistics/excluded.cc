#include "compare/statistics/excluded.h"

#include "base/quantile.h"

namespace warpgauge {
namespace {

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

}  // namespace

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
