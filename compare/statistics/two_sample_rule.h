// The rules for two sides without blocks. Both fit the two-way model (two_way_model.h) once, over all units.
//
//   decide_unpaired           processes of base against processes of head; no process has a partner
//   decide_against_baseline   rounds of a stored baseline against one or more new rounds
//
// With too few units the deviation between them is assumed, unless the units or the scatter over the cases
// (scatter.h) show a larger one. Too few are fewer than three processes on either side, or fewer than three
// stored rounds.
//
// A new round is never taken as more precise than its own processes show. The variance of its mean is at
// least the variance between its processes (moderated over cases), divided by their number. If the deviation
// between rounds is assumed, that variance is not divided: processes of one hour share the noise of that
// hour.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/known_speeds.h"
#include "compare/statistics/round_spread.h"

namespace warpgauge {

// Assumed deviations between processes, as fractions.
inline constexpr double kAssumedCpuDeviation = 0.05;
inline constexpr double kAssumedGpuDeviation = 0.015;

// What the results themselves say about the noise of their numbers: a variance of one unit's number, which
// comes on top of the deviation between units.
struct StatedNoise {
  double variance = 0;
  double df = 0;  // of that variance; 0: nothing is stated
};

struct TwoSampleCase {
  // One number per process (statistic.h) or per round (round_number), NaN if that unit lacks the case. Stored
  // rounds are base, oldest first. Every case has the same number of entries, and a number on each side.
  std::vector<double> base, head;
  Margins margins;          // of a case that is judged by logs
  RoundSpread spread = {};  // of the new rounds; decide_unpaired has none
  StatedNoise stated = {};
  std::vector<StoredNumber> history = {};  // of a stored baseline: all rounds, those that do not count, too
  NumberScale scale = NumberScale::log;
  Limits limits = {};  // of a case that is judged by differences (difference_rule.h)
};

struct TwoSampleOptions {
  double alpha = 0.01;                              // over the whole run
  double assumed_deviation = kAssumedCpuDeviation;  // between units, as a fraction
};

// The cases of one metric share the random effects of the units, and the prior of the variances.
using MetricCases = std::vector<TwoSampleCase>;

// Several metrics, as one family of tests: Holm over all cases of all metrics. An outcome per metric.
[[nodiscard]] std::vector<Outcome> decide_unpaired(std::span<const MetricCases> metrics,
                                                   const TwoSampleOptions& options);
[[nodiscard]] std::vector<Outcome> decide_against_baseline(std::span<const MetricCases> metrics,
                                                           const TwoSampleOptions& options);

// The same for one metric.
//
// All throw std::invalid_argument if a side of a case that is judged by logs has no number, or if such cases
// of a metric differ in their number of entries.
[[nodiscard]] Outcome decide_unpaired(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options);
[[nodiscard]] Outcome decide_against_baseline(std::span<const TwoSampleCase> cases,
                                              const TwoSampleOptions& options);

}  // namespace warpgauge
