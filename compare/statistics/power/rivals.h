// What the field does with one file a side: the columns that compare_power sets beside ours.
#pragma once

#include <span>

namespace warpgauge::power {

// Two-sided p of the Mann-Whitney U test, normal approximation with continuity correction and ties, as
// scipy's `method="asymptotic"`. 1 where all values are equal.
double mann_whitney_p(std::span<const double> x, std::span<const double> y);

}  // namespace warpgauge::power
