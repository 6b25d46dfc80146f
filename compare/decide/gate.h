// Two sides in, a Comparison out.
//
//   result sets -> match -> pairs of cases -> process_numbers -> one number per process and case ->
//   statistics/
//   -> Comparison
//
// With several metrics, a result set holds one of them. All cases of all metrics are one family of tests.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/decide/policy.h"
#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/statistic.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {

struct GateOptions {
  std::vector<Metric> metrics{Metric()};  // at least one; functions for one metric take the first
  Policy policy;                          // the file's, overridden by flags
  // [metric][case]: of a recorded run, whose policy file is not available.
  std::map<std::string, std::map<std::string, CaseLimits>> recorded_limits;
  // [metric][case]: cases that `bless --accept` restarts, with their stored values.
  std::map<std::string, std::map<std::string, double>> accepted;
  std::set<std::string> noise;         // cases whose regression `bless --noise` takes for noise
  std::optional<Statistic> statistic;  // of a process's samples; default: q25 on a CPU, q50 on a GPU
  std::optional<double> process_cv;    // assumed between processes; default: 5 % on a CPU, 1.5 % on a GPU
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
  bool allow_disjoint = false;     // a first round: it may have no case in common with base
  bool partial_processes = false;  // an A/B run: later interim analyses measure some cases only

  [[nodiscard]] CaseLimits limits_of(const CasePair& pair, const Metric& metric, bool exact) const;
  [[nodiscard]] std::optional<double> accepted_value(const Metric& metric, const std::string& name) const;
};

// Both sides, as read for one metric.
struct MetricSides {
  Metric metric;
  ResultSet base, head;
};

// The same with a stored baseline, which holds the metric.
struct StoredMetric {
  StoredSide stored;
  ResultSet head;
};

inline constexpr double kAlpha = 0.01;  // if no flag and no policy sets it

// Base against head, both measured. The unit of analysis is a process.
[[nodiscard]] Comparison compare_results(const ResultSet& base, const ResultSet& head,
                                         const GateOptions& options);
[[nodiscard]] Comparison compare_results(std::span<const MetricSides> metrics, const GateOptions& options);

// A stored baseline against new results. The unit of analysis is a round. The baseline sets metric and
// statistic.
[[nodiscard]] Comparison compare_with_baseline(StoredSide stored, const ResultSet& head,
                                               const GateOptions& options);
[[nodiscard]] Comparison compare_with_baseline(std::span<StoredMetric> metrics, const GateOptions& options);

// An A/B run, whose rule has decided already: `decide` returns its outcome for a metric, with the decisions
// of these cases in this order.
using DecideBlocks = std::function<Outcome(std::size_t metric, const std::vector<std::string>& names)>;
[[nodiscard]] Comparison compare_blocks(std::span<const MetricSides> metrics, const GateOptions& options,
                                        const DecideBlocks& decide);

// The default statistic for these results.
[[nodiscard]] Statistic default_statistic(const ResultSet& results);

// The deviation between processes that is assumed for these results.
[[nodiscard]] double default_deviation(const ResultSet& results);

// What keeps the run from passing, by its cells.
[[nodiscard]] std::vector<Hindrance> hindrances_of(const Comparison& comparison, const GateOptions& options);

}  // namespace warpgauge
