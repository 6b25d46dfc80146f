// Which rows of a problem are compared with the oracle.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention.h"

namespace warpgauge {

// Up to this much work all rows are compared.
inline constexpr double kAllRowsFlops = 2e9;

// Tile sizes that kernels use, along queries and keys.
inline constexpr std::int64_t kTileSizes[] = {16, 32, 64, 128, 192, 256};

// All rows up to kAllRowsFlops. Above, of the first, the last and one random head: rows 0, 1, the last, and
// the ends of tiles +-1; and 256 random rows. Sorted; rows count through [B, H, Sq].
[[nodiscard]] std::vector<std::int64_t> rows_to_compare(const Problem& problem, std::uint64_t seed);

}  // namespace warpgauge
