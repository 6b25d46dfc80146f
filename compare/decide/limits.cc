#include "compare/decide/limits.h"

#include <algorithm>
#include <cmath>

namespace warpgauge {
namespace {

constexpr double kLargestShare =
    0.999;  // of base: a counter where higher is better cannot lose more than all

}  // namespace

Margins margins_at(const CaseLimits& limits, double base, Better better) {
  Margins margins = limits.margins;
  if (!limits.absolute) return margins;
  const double share = limits.absolute->value / base, bounded = std::min(share, kLargestShare);
  // The ratio is base / head if higher is better.
  const bool lower = better == Better::lower;
  margins.fail_above = std::max(margins.fail_above, lower ? share : bounded / (1 - bounded));
  margins.improve_above = std::max(margins.improve_above, lower ? bounded : share / (1 + share));
  margins.same_within = std::max(margins.same_within, share);
  return margins;
}

Limits difference_limits(const CaseLimits& limits, double base) {
  const double absolute = limits.absolute ? limits.absolute->value : 0;
  const auto limit = [&](double relative) { return std::max(relative * std::abs(base), absolute); };
  return {limit(limits.margins.fail_above), -limit(limits.margins.improve_above),
          limit(limits.margins.same_within)};
}

}  // namespace warpgauge
