// The model that all three rules share: y[unit, case] = mean[side, case] + g[unit] + e[unit, case]. A unit is
// a block (its y is already head less base), a process or a round; g is what a unit does to all its cases (a
// slow minute).
//
// Method: g is estimated by the unit's median residual over the cases that every unit holds, sum zero over
// the units of a side, so that a case's change stays the whole change; its variance from the g themselves,
// less the median's own noise. Fewer than five such cases: g is not separated, and stays in e. Doubles.
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
inline constexpr double kWavering = 1.0 / 6;       // one unit of six: the most that a mishap explains is less

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
};

// How often head was slow in all its cases together, in units that were left out for it. A neighbour's bursts
// hit base as often; what hits head alone is head's own, now and then, and no outlier.
struct Wavering {
  int slow = 0;      // of head's units, or of blocks: left out as slow
  int units = 0;     // head's, or blocks
  double share = 0;  // of units that were left out: slow ones less fast ones, of head, less the same of base

  bool is_heads() const { return share >= kWavering - 1e-9; }
};

struct TwoWayFit {
  std::vector<CaseFit> cases;
  double shared_variance = 0;         // of g
  double shared_df = 0;               // of that variance: units less sides
  std::vector<std::size_t> left_out;  // units, ascending
  Wavering wavering;
};

// Controls, [case], mark cases that the change cannot touch. Where enough of them are there, their median
// change is taken out of every case's, and what is left of g is the noise of that median. Empty: none.
TwoWayFit fit_two_way(const TwoWayData& data, std::span<const char> controls = {});

}  // namespace warpgauge
