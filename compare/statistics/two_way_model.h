// The model that all three rules share: y[unit, case] = mean[side, case] + g[unit] + e[unit, case]. A unit is
// a block (its y is already head less base), a process or a round; g is what a unit does to all its cases (a
// slow minute).
//
// Method: g is estimated by the unit's median residual over the cases that every unit holds, sum zero over
// the units of a side, so that a case's change stays the whole change; its variance from the g themselves,
// less the median's own noise. Fewer than five such cases: g is not separated, and stays in e. Doubles.
//
// Units whose g lies far outside are left out of all that (outliers.h).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compare/statistics/outliers.h"
#include "compare/statistics/two_way_data.h"

namespace warpgauge {

inline constexpr std::size_t kSeparableCases = 5;  // with fewer, g is not separated
inline constexpr std::size_t kEnoughControls = 3;  // with fewer, controls are cases like any other

struct CaseFit {
  double change = 0;    // mean of head less mean of base, of what remains after g
  double variance = 0;  // of e
  double df = 0;        // of that variance
  double leverage = 0;  // variance of `change` per variance of a unit: 1 / n, or 1 / m + 1 / n
  int units = 0;        // on the side that has fewer; 0: the case is not there, and the rest means nothing
  // excluded_change() of the case, less the controls'; 0 where what was left out is the machine's.
  double excluded_change = 0;
};

struct TwoWayFit {
  std::vector<CaseFit> cases;
  double shared_variance = 0;     // of g
  double shared_df = 0;           // of that variance: units less sides
  std::vector<Outlier> excluded;  // ascending
};

// Controls, [case], mark cases that the change cannot touch. Where enough of them are there, their median
// change is taken out of every case's, and what is left of g is the noise of that median. Empty: none. What
// the units that were left out add to theirs is the machine's, too.
TwoWayFit fit_two_way(const TwoWayData& data, std::span<const char> controls = {});

}  // namespace warpgauge
