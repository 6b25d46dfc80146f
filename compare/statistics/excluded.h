// Excluded units (outliers.h), grouped by side and direction.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/outliers.h"

namespace warpgauge {

// Units count from base's first to head's last; blocks, which hold both sides, are all head's (base_units 0).
[[nodiscard]] std::vector<ExcludedUnits> group_excluded(std::span<const Outlier> excluded,
                                                        std::size_t base_units, std::size_t head_units);

// Those that speak against head: slow ones of head, fast ones of base.
[[nodiscard]] std::vector<ExcludedUnits> against_head(std::span<const ExcludedUnits> groups);

}  // namespace warpgauge
