// The model that all rules share: y[unit, case] = mean[side, case] + g[unit] + e[unit, case]. A unit is a
// process, a round or a block (whose y is head less base). g is the random effect of the unit: what shifts
// all of its cases, such as a minute in which the machine is slow. e is the noise of one case in one unit.
//
// g is estimated by the unit's median residual over the cases that every unit holds. Per side it sums to
// zero, so that it takes nothing from a case's change. The variance of g is that of these estimates, less the
// noise of the median. With fewer than five such cases g is not separated, and stays in e.
//
// Units whose g is an outlier are excluded first (outliers.h).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compare/statistics/outliers.h"
#include "compare/statistics/two_way_data.h"

namespace warpgauge {

inline constexpr std::size_t kSeparableCases = 5;  // with fewer, g is not separated
inline constexpr std::size_t kEnoughControls = 3;  // with fewer, controls are treated like other cases

struct CaseFit {
  double change = 0;    // mean of head less mean of base, of y - g
  double variance = 0;  // of e
  double df = 0;        // of that variance
  double leverage = 0;  // variance of `change` per variance of a unit: 1 / n for blocks, else 1 / m + 1 / n
  int units = 0;        // on the side with fewer; 0: the case is absent, and the other fields have no meaning
  // excluded_change() of the case, less that of the controls; 0 if the exclusion cannot be due to head.
  double excluded_change = 0;
  std::vector<Outlier> excluded = {};  // outliers of this case alone, ascending
};

struct TwoWayFit {
  std::vector<CaseFit> cases;
  double shared_variance = 0;     // of g
  double shared_df = 0;           // of that variance: units less sides
  std::vector<Outlier> excluded;  // ascending
};

// controls[case] marks the cases that the change cannot affect; empty: none. With enough of them, their
// median change is subtracted from every case's change. The noise of that median then replaces the variance
// of g. What excluded units would add to the controls is subtracted in the same way.
//
// `case_outliers`: also excludes outliers of single cases (outliers.h), unless the units are blocks.
[[nodiscard]] TwoWayFit fit_two_way(const TwoWayData& data, std::span<const char> controls = {},
                                    bool case_outliers = false);

}  // namespace warpgauge
