// Two sides in, a Comparison out.
//
//   result sets -> match -> pairs of cases -> process_numbers -> one number per process and case ->
//   statistics/
//   -> Comparison
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/policy.h"
#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

struct GateOptions {
  Metric metric;
  Policy policy;                                    // the file's, overridden by flags
  std::map<std::string, Margins> recorded_margins;  // of a recorded run, whose policy file is not available
  std::map<std::string, double> accepted;  // cases that `bless --accept` restarts, with their stored values
  std::set<std::string> noise;             // cases whose regression `bless --noise` takes for noise
  std::optional<Statistic> statistic;      // of a process's samples; default: q25 on a CPU, q50 on a GPU
  std::optional<double> process_cv;        // assumed between processes; default: 5 % on a CPU, 1.5 % on a GPU
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
  bool allow_disjoint = false;     // a first round: it may have no case in common with base
  bool partial_processes = false;  // an A/B run: later interim analyses measure some cases only
};

inline constexpr double kAlpha = 0.01;  // if no flag and no policy sets it

// Base against head, both measured. The unit of analysis is a process.
[[nodiscard]] Comparison compare_results(const ResultSet& base, const ResultSet& head,
                                         const GateOptions& options);

// A stored baseline against new results. The unit of analysis is a round. The baseline sets metric and
// statistic.
[[nodiscard]] Comparison compare_with_baseline(StoredSide stored, const ResultSet& head,
                                               const GateOptions& options);

// An A/B run, whose rule has decided already: `decide` returns its outcome with the decisions of these cases,
// in this order.
using DecideBlocks = std::function<Outcome(const std::vector<std::string>& names)>;
[[nodiscard]] Comparison compare_blocks(const ResultSet& base, const ResultSet& head,
                                        const GateOptions& options, const DecideBlocks& decide);

// The default statistic for these results.
[[nodiscard]] Statistic default_statistic(const ResultSet& results);

// What keeps the run from passing, by its cells.
[[nodiscard]] std::vector<Hindrance> hindrances_of(const Comparison& comparison, const GateOptions& options);

}  // namespace warpgauge
