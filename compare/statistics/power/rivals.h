// Common methods for one file per side, for comparison with the rules.
#pragma once

#include <span>

namespace warpgauge::power {

// Two-sided p of the Mann-Whitney U test by the normal approximation, with continuity correction and ties, as
// scipy's `method="asymptotic"`. 1 if all values are equal.
[[nodiscard]] double mann_whitney_p(std::span<const double> x, std::span<const double> y);

}  // namespace warpgauge::power
