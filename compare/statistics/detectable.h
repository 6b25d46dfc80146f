// What a run could have shown, and how much longer it would have to be: for cases that are not decided.
// Method: power of the one-sided t test by the non-central t distribution; "could have shown" means with
// power 0.8.
#pragma once

#include <functional>

#include "compare/statistics/judgement.h"

namespace warpgauge {

inline constexpr double kPower = 0.8;
inline constexpr int kMostUnits = 1000;  // more than that is no advice

struct PlannedLevels {
  double single = 0;     // of a single test, Holm's strictest
  double look = 0;       // of the look: what the whole test must reach for the rest test to count
  double unchanged = 0;  // of the two one-sided tests
};

// Smallest slow-down, as a fraction, that `effect` would have been called a regression for; infinity where
// nothing would.
double smallest_detectable(const Effect& effect, const Margins& margins, bool bulk_unchanged,
                           const PlannedLevels& levels);

// How many more units would decide the case, were the change what it is estimated as: unchanged, or beyond a
// margin. leverage(extra) is the case's leverage with that many more units; 0 where kMostUnits would not do.
// At least 1.
int units_to_decide(const Effect& effect, const Margins& margins, bool bulk_unchanged,
                    const PlannedLevels& levels, const std::function<double(int)>& leverage);

}  // namespace warpgauge
