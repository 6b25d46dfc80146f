// Units that are excluded from the fit as outliers, and what they would add to a case's change.
//
// A unit is an outlier if its random effect g (two_way_model.h) lies far from its side's median. Outliers of
// the machine hit both sides. Two rules limit the exclusion:
//
// - Processes may have two speeds, by chance and on both sides. Excluding the rarer speed of each side would
//   leave different speeds, and identical sides would then differ. So a side (or the blocks) may lose only as
//   many units as such a machine would hardly ever produce: probability .05 per side, .002 of blocks. If more
//   units lie outside, none is excluded, and all of them count as noise.
// - A head that is slow now and then, or a base that is fast now and then, also looks like an outlier. So the
//   fit keeps, per case, what such units would add to the change, and judgement.h checks verdicts against it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/two_way_data.h"

namespace warpgauge {

// Limit for |g - side's median g|, in robust deviations (1.4826 MAD over the units of both sides).
inline constexpr double kFarOutside = 8;
inline constexpr double kTypicalFar = 3;
inline constexpr std::size_t kFewestOfCase = 5;    // units per side, for outliers of one case alone
inline constexpr double kNegligibleShift = 0.001;  // the smallest limit, as a log
// A single unit that speaks against head is attributed to the machine if its side has this many processes. A
// block holds two processes per side.
inline constexpr std::size_t kLoneOutlierUnits = 24, kLoneOutlierBlocks = kLoneOutlierUnits / 2;

struct Outlier {
  std::size_t unit = 0;
  double shift = 0;  // g less its side's median g, as a log; of a block, > 0 if head was slower

  bool operator==(const Outlier&) const = default;
};

// How many of `units`, blocks or the processes of one side, may be excluded.
//
// If two speeds have equal chances, a side looks like one speed plus a few outliers with the probability of
// that many heads among that many coins; and both sides must do so, differently. The difference of a block is
// two processes less two: it is one speed's distance with a probability of at most 1/4.
[[nodiscard]] std::size_t most_excluded(std::size_t units, bool blocks);

// shared[unit]: g. The result is ascending by unit.
[[nodiscard]] std::vector<Outlier> find_outliers(const TwoWayData& data, std::span<const double> shared);

// Outliers of one case alone: units in which this case lies far from its side's others, though the unit does
// not. shared[unit]: g. The limit is kFarOutside robust deviations of the case, and not less than kTypicalFar
// of the typical case. The same number per side may be excluded. With five to seven units per side, it is
// one, if it is far from all units of the other side too: of two speeds, the other side would have both.
[[nodiscard]] std::vector<Outlier> find_case_outliers(const TwoWayData& data, std::size_t c,
                                                      std::span<const double> shared, double typical);

// Robust deviation of a case within its sides, without g.
[[nodiscard]] double case_deviation(const TwoWayData& data, std::size_t c, std::span<const double> shared);

// The units that are excluded for a case: outliers in all cases, and those of this case alone. Ascending.
[[nodiscard]] std::vector<Outlier> excluded_for_case(std::span<const Outlier> in_all_cases,
                                                     std::span<const Outlier> in_case);

[[nodiscard]] bool is_excluded(std::span<const Outlier> excluded, std::size_t unit);

// Whether a unit speaks against head: a slow one of head, or a fast one of base.
[[nodiscard]] bool is_against_head(const TwoWayData& data, const Outlier& one);

// Whether head may be the cause of the outliers that speak against it: they are more than one, or the side
// has few units that hold the case.
[[nodiscard]] bool may_be_heads_own(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded);

// What the units that speak against head would add to a case's change, less what the units that speak for it
// would. None of the latter counts for more than the mean of the former. At least 0.
[[nodiscard]] double excluded_change(const TwoWayData& data, std::size_t c,
                                     std::span<const Outlier> excluded);

// Grouped by side and direction. Units are numbered from base's first to head's last. Blocks hold both sides
// and count as head's (base_units 0).
[[nodiscard]] std::vector<ExcludedUnits> group_excluded(std::span<const Outlier> excluded,
                                                        std::size_t base_units, std::size_t head_units);

// The groups that speak against head.
[[nodiscard]] std::vector<ExcludedUnits> against_head(std::span<const ExcludedUnits> groups);

}  // namespace warpgauge
