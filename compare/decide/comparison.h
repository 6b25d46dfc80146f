// A comparison as data: the content of comparison.json (schema warpgauge/comparison/2). decide/ makes it,
// report/ turns it into text. The run's verdict is not stored: verdict_of() derives it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/decide/notes.h"
#include "compare/decide/why.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// Every case of either side is in exactly one of these. failed: only head failed. errored: a failure that
// does not fail the run: in base, on both sides, or permitted.
enum class CellVerdict { regression, improvement, unchanged, inconclusive, added, missing, errored, failed };
inline constexpr std::size_t kCellVerdicts = 8;
const char* cell_verdict_name(CellVerdict verdict);  // "regression" ... "new" ... "failed"

enum class RunVerdict { pass, regression, undecided };
const char* run_verdict_name(RunVerdict verdict);

// One side's numbers of one case. Empty if not known.
struct SideSummary {
  std::optional<double> value;                  // geometric mean of the processes, in the metric's unit
  std::optional<double> median_ns, p95_ns, cv;  // if the metric is a time
  std::optional<std::int64_t> processes, samples;

  bool operator==(const SideSummary&) const = default;
};

// One case, of one metric. `ratio` > 1 is worse.
struct Cell {
  std::string name;
  std::string metric = {};  // empty if the comparison has one metric only
  CellVerdict verdict = CellVerdict::inconclusive;
  Why why;
  std::optional<double> ratio;
  // Of a case that was judged by it: head less base, in the metric's unit, > 0 is worse.
  std::optional<double> difference = {};
  std::optional<std::array<double, 2>> ci;
  std::optional<double> p, p_adjusted, cliffs_delta, mde;
  SideSummary base, head;
  std::optional<std::int64_t> units, more_units;  // per side; see Decision
  std::string reproduce;           // the command that measures this case alone; empty if not known
  std::optional<Margins> margins;  // set if a rule of the policy differs from the run's

  bool operator==(const Cell&) const = default;
};

// The median change of all cases.
struct CommonShift {
  std::optional<CellVerdict> verdict;  // regression, improvement, unchanged, inconclusive
  std::optional<double> ratio, p;
  std::optional<std::array<double, 2>> ci;
  // Most cases changed together and beyond the margin, and base and head did not run interleaved. Then the
  // first line of every report asks for an A/B run.
  bool is_uniform = false;
  std::string metric = {};  // empty if the comparison has one metric only

  bool operator==(const CommonShift&) const = default;
};

// A metric of a comparison with several, and the limits of cases without a rule of their own.
struct AppliedMetric {
  std::string name;
  Better better = Better::lower;
  bool exact = false;
  Margins margins = {};
  std::optional<double> absolute = {};  // in the metric's unit

  bool operator==(const AppliedMetric&) const = default;
};

// The margins and the method of the comparison.
struct AppliedPolicy {
  Margins margins;  // of the first metric, for cases without a rule of their own
  double alpha = 0.01;
  std::string metric = "real_time";         // the first
  std::vector<AppliedMetric> metrics = {};  // empty if there is only one
  std::string statistic;                    // "q25": which quantile of a process's samples
  Unit unit = Unit::process;

  bool operator==(const AppliedPolicy&) const = default;
};

struct ContextDifference {
  std::string key, base, head;
  bool forbids = false;  // it forbids the comparison, as a different identity does; otherwise it only warns

  bool operator==(const ContextDifference&) const = default;
};

struct MetricNote {
  std::string metric;
  Note note;
};

using Texts = std::map<std::string, std::string>;

struct Comparison {
  AppliedPolicy policy;
  Texts base_context, head_context;
  Texts baseline_context;  // of the stored baseline, after `settle merge`
  std::vector<ContextDifference> differences;
  CommonShift common_shift;
  std::optional<double> mde;                // of the median case
  std::optional<double> assumed_deviation;  // between units; a fraction
  std::string command;                      // reproduces this comparison
  std::vector<Note> notes;
  std::vector<MetricNote> metric_notes = {};  // of a comparison with several metrics
  std::vector<Hindrance> hindrances;
  std::vector<Cell> cells;  // worst first

  std::array<std::size_t, kCellVerdicts> counts() const;
  std::size_t count(CellVerdict verdict) const { return counts()[static_cast<std::size_t>(verdict)]; }
};

[[nodiscard]] inline const std::string& metric_of(const Cell& cell, const AppliedPolicy& policy) {
  return cell.metric.empty() ? policy.metric : cell.metric;
}

// The one verdict function. A regression or a failed case outranks every hindrance.
[[nodiscard]] RunVerdict verdict_of(const Comparison& comparison);
// pass 0, regression 1, undecided 4.
[[nodiscard]] int exit_code_of(RunVerdict verdict);

// The order of every report: regression, failed, missing, inconclusive, errored, improvement, new, unchanged;
// within one verdict the worst ratio first, then by name.
void sort_worst_first(std::vector<Cell>& cells);
inline constexpr std::array kWorstFirst = {
    CellVerdict::regression, CellVerdict::failed,      CellVerdict::missing, CellVerdict::inconclusive,
    CellVerdict::errored,    CellVerdict::improvement, CellVerdict::added,   CellVerdict::unchanged};

}  // namespace warpgauge
