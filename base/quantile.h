// Quantiles, interpolated linearly between order statistics (Hyndman & Fan 1996, type 7: the default of R and
// numpy).
#pragma once

#include <span>

namespace warpgauge {

// Of at least one value, in any order; probability in [0, 1]. O(n).
[[nodiscard]] double quantile(std::span<const double> values, double probability);
// Of values in ascending order. O(1).
[[nodiscard]] double sorted_quantile(std::span<const double> ascending, double probability);
[[nodiscard]] double median(std::span<const double> values);

}  // namespace warpgauge
