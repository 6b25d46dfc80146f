// Runs worlds through the rules, and counts.
#pragma once

#include <cstdint>

#include "compare/statistics/power/world.h"

namespace warpgauge::power {

// Shares, of runs or of cases, over all runs of a world.
struct Rates {
  double run_false_red = 0;      // runs in which a case that was not shifted is a regression (or improvement)
  double run_red = 0;            // runs with any regression
  double found = 0;              // shifted cases called what they are: slower, or faster
  double shifted_unchanged = 0;  // shifted cases called unchanged
  double unchanged = 0;          // other cases called unchanged
  double blocks = 0;             // mean, a case; sentinels included
  double null_failed = 0;        // runs whose null control failed
};

// The A/B rule with the default plan and margins. Run i of `runs` depends on seed and i alone.
Rates try_ab_rule(const World& world, int runs, std::uint64_t seed);

// One process of ten repetitions a side.
struct RivalRates {
  Rates mann_whitney;  // slower or faster at p < .05
  Rates threshold;     // means differ by more than 3 %
};
RivalRates try_rivals(const World& world, int runs, std::uint64_t seed);

// `stored` against `fresh` numbers a case: rounds of a baseline, or processes without blocks.
Rates try_baseline_rule(const World& world, int stored, int fresh, int runs, std::uint64_t seed);
// `stored` rounds of a baseline against one new one, of so many processes.
Rates try_baseline_round(const World& world, int stored, int processes, int runs, std::uint64_t seed);
Rates try_unpaired_rule(const World& world, int base, int head, double assumed, int runs, std::uint64_t seed);

}  // namespace warpgauge::power
