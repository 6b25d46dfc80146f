// The model that all three rules share: y[unit, case] = mean[side, case] + g[unit] + e[unit, case]. A unit is
// a block (its y is already head less base), a process or a round; g is what a unit does to all its cases (a
// slow minute).
//
// Method: g is estimated by the unit's median residual over the cases that every unit holds, sum zero over
// the units of a side, so that a case's change stays the whole change; its variance from the g themselves,
// less the median's own noise. Fewer than five such cases: g is not separated, and stays in e. Doubles.
//
// A unit whose g lies far outside is left out of all that, for the machine's outliers hit either side. But a
// head that is slow now and then looks just so, and of it unchanged must not be said: what its slow units
// would add to a case's change is told beside the change.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace warpgauge {

inline constexpr std::size_t kSeparableCases = 5;  // with fewer, g is not separated
inline constexpr std::size_t kEnoughControls = 3;  // with fewer, controls are cases like any other
inline constexpr std::size_t kEnoughUnits = 6;     // of a side: with fewer, none is left out
inline constexpr double kFarOutside = 8;  // robust deviations (1.4826 MAD) from the side's median g...
inline constexpr double kNegligibleShift = 0.001;  // ...and not less than this, where hardly anything varies
// Of that many processes of head one alone that is slow is the machine's; a block holds two.
inline constexpr std::size_t kUnitsOfALoneOne = 24, kBlocksOfALoneOne = kUnitsOfALoneOne / 2;

struct TwoWayData {
  std::size_t cases = 0;
  std::vector<bool> head;      // [unit]: its side; differences of a block are all head, without base units
  std::vector<double> values;  // [unit][case], NaN where the unit lacks the case
};

struct CaseFit {
  double change = 0;    // mean of head less mean of base, of what remains after g
  double variance = 0;  // of e
  double df = 0;        // of that variance
  double leverage = 0;  // variance of `change` per variance of a unit: 1 / n, or 1 / m + 1 / n
  int units = 0;        // on the side that has fewer; 0: the case is not there, and the rest means nothing
  // What the slow units of head that were left out would add to `change`, less what those of base would, of
  // which none counts for more than head's do; at least 0, and 0 where head's may be the machine's.
  double left_out_change = 0;
};

struct LeftOutUnit {
  std::size_t unit = 0;
  double shift =
      0;  // of all its cases against its side's median unit, as a log; of a block > 0: head was slower
};

struct TwoWayFit {
  std::vector<CaseFit> cases;
  double shared_variance = 0;         // of g
  double shared_df = 0;               // of that variance: units less sides
  std::vector<LeftOutUnit> left_out;  // ascending
};

// Controls, [case], mark cases that the change cannot touch. Where enough of them are there, their median
// change is taken out of every case's, and what is left of g is the noise of that median. Empty: none. What
// the units that were left out add to theirs is the machine's, too.
TwoWayFit fit_two_way(const TwoWayData& data, std::span<const char> controls = {});

}  // namespace warpgauge
