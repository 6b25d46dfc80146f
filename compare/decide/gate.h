// The gate: two sides in, a verdict for every case and for the run out.
//
//   files -> input/ (read, match) -> process_numbers (one number per process and case) -> statistics/
//   (decide) -> here
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/decide/policy.h"
#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

struct GateOptions {
  Metric metric;
  Policy policy;                                    // the file's, overridden by flags
  std::map<std::string, Margins> recorded_margins;  // of a recorded run's cases, whose rules are not at hand
  std::optional<Statistic> statistic;               // of a process's samples; else .25 on a CPU, .5 on a GPU
  std::optional<double> process_cv;  // assumed deviation between processes; else 5 % on a CPU, 1.5 % on a GPU
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
  bool allow_disjoint = false;     // a first round: nothing in common is no reason not to pass
  bool partial_processes = false;  // an A/B run: later looks measure some cases only, which is no news
};

inline constexpr double kAlpha = 0.01;  // where neither flag nor policy says

// Base against head, both measured: processes are the unit of analysis.
Comparison compare_results(const ResultSet& base, const ResultSet& head, const GateOptions& options);

// A stored baseline against new results: rounds are the unit; metric and statistic are the baseline's.
Comparison compare_with_baseline(StoredSide stored, const ResultSet& head, const GateOptions& options);

// An A/B run, whose rule has decided already: `decide` gives its outcome with the decisions of these cases,
// in this order.
using DecideBlocks = std::function<Outcome(const std::vector<std::string>& names)>;
Comparison compare_blocks(const ResultSet& base, const ResultSet& head, const GateOptions& options,
                          const DecideBlocks& decide);

// The statistic that results are taken by where nothing else says.
Statistic default_statistic(const ResultSet& results);

}  // namespace warpgauge
