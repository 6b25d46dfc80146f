// Simulates worlds, applies the rules, and counts their decisions.
#pragma once

#include <cstdint>

#include "compare/statistics/power/world.h"

namespace warpgauge::power {

// Shares, of runs or of cases, over all runs of a world.
struct Rates {
  double run_false_positive =
      0;                 // runs with a regression or improvement among the cases that were not shifted
  double run_fails = 0;  // runs with any regression
  double found = 0;      // shifted cases with the right decision: regression, or improvement
  double shifted_unchanged = 0;  // shifted cases called unchanged
  double unchanged = 0;          // other cases called unchanged
  double blocks = 0;             // mean per case, runs of decided cases included
  double null_failed = 0;        // runs whose null control failed
};

// The A/B rule with the default plan and margins. Run i of `runs` depends on seed and i alone.
[[nodiscard]] Rates try_ab_rule(const World& world, int runs, std::uint64_t seed);

// One process of ten repetitions per side.
struct RivalRates {
  Rates mann_whitney;  // slower or faster at p < .05
  Rates threshold;     // means differ by more than 3 %
};
[[nodiscard]] RivalRates try_rivals(const World& world, int runs, std::uint64_t seed);

// `stored` rounds of a baseline against `fresh` new rounds.
[[nodiscard]] Rates try_baseline_rule(const World& world, int stored, int fresh, int runs,
                                      std::uint64_t seed);
// `stored` rounds of a baseline against one new round of `processes` processes.
[[nodiscard]] Rates try_baseline_round(const World& world, int stored, int processes, int runs,
                                       std::uint64_t seed);
[[nodiscard]] Rates try_unpaired_rule(const World& world, int base, int head, double assumed, int runs,
                                      std::uint64_t seed);

// Two metrics of the same processes, correlated by kMetricCorrelation, without a shift. False positives in
// either one count.
inline constexpr double kMetricCorrelation = 0.8;
[[nodiscard]] Rates try_two_metrics_unpaired(const World& world, int base, int head, double assumed, int runs,
                                             std::uint64_t seed);
[[nodiscard]] Rates try_two_metrics_baseline(const World& world, int stored, int fresh, int runs,
                                             std::uint64_t seed);
[[nodiscard]] Rates try_two_metrics_ab(const World& world, int runs, std::uint64_t seed);

}  // namespace warpgauge::power
