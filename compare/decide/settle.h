// Two comparisons of one change become one: with the stored baseline, and an A/B run of the cases that the
// first left open.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/statistics/ab_rule.h"

namespace warpgauge {

// The cases that an A/B run must decide: regressions and inconclusive ones. Also new ones that base's binary
// has (`in_base`), so that only the stored baseline lacks them.
[[nodiscard]] std::vector<std::string> open_cases(const Comparison& with_baseline,
                                                  const std::set<std::string>& in_base);

// Of a case that the A/B run has, its verdict counts; of the others, the stored baseline's. Without a run the
// first comparison stays.
[[nodiscard]] Comparison settled(const Comparison& with_baseline, const std::optional<Comparison>& ab_run);

// The names of at most `most` cases whose change is proved: regressions first, then the largest change.
[[nodiscard]] std::vector<std::string> changed_most(const Comparison& comparison, std::size_t most);

// What an A/B run of the inconclusive cases would take.
struct SettlingRun {
  std::vector<std::string> cases;
  int blocks = 0;
  bool may_leave_some = false;  // by the projection, `plan.max_blocks` are too few for at least one case
};

// From the projection of each case over processes; a block has two processes per side. Over rounds there is
// no such projection, because an A/B run is free of the deviation between rounds: then the first analysis
// counts.
[[nodiscard]] SettlingRun settling_run(const Comparison& comparison, const AbPlan& plan);

}  // namespace warpgauge
