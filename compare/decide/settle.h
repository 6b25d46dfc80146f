// Two comparisons of one change become one: with the stored baseline, and an A/B run of the cases that the
// first left open.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"

namespace warpgauge {

// The cases that an A/B run must decide: regressions and inconclusive ones. Also new ones that base's binary
// has
// (`in_base`), so that only the stored baseline lacks them.
[[nodiscard]] std::vector<std::string> open_cases(const Comparison& with_baseline,
                                                  const std::set<std::string>& in_base);

// Of a case that the A/B run has, its verdict counts; of the others, the stored baseline's. Without a run the
// first comparison stays.
[[nodiscard]] Comparison settled(const Comparison& with_baseline, const std::optional<Comparison>& ab_run);

// The names of at most `most` cases whose change is proved: regressions first, then the largest change.
[[nodiscard]] std::vector<std::string> changed_most(const Comparison& comparison, std::size_t most);

}  // namespace warpgauge
