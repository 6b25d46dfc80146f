// The outcome of a comparison, ready to be reported: what comparison.json holds (design: schema
// "warpgauge/comparison/1"), as a struct. Built by gate, read by every report writer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warpgauge {

// Every case of either side is in exactly one of these.
enum class CellVerdict { regression, improvement, unchanged, inconclusive, added, missing, errored, failed };
inline constexpr std::size_t kCellVerdicts = 8;
const char* cell_verdict_name(CellVerdict verdict);  // "regression" ... "new" ... "failed"

enum class RunVerdict { pass, regression, undecided };
const char* run_verdict_name(RunVerdict verdict);

// One side's numbers of one case. Empty where not known.
struct SideSummary {
  std::optional<double> value;  // what was compared, in the metric's unit: geometric mean of the processes
  std::optional<double> median_ns, p95_ns, cv;  // where the metric is a time
  std::optional<std::int64_t> processes, samples;
};

// What a case is held to, as fractions.
struct Thresholds {
  double fail_above = 0.01, improve_above = 0.01, same_within = 0.015;
  bool operator==(const Thresholds&) const = default;
};

// One case. `ratio` > 1 is worse; `speedup` = 1 / ratio and improvement_pct = 100 (1 - ratio) keep the sign
// that people know.
struct Cell {
  std::string name;
  CellVerdict verdict = CellVerdict::inconclusive;
  std::optional<double> ratio;
  std::optional<std::array<double, 2>> ci;
  std::optional<double> p, p_adjusted, cliffs_delta, mde;
  SideSummary base, head;
  std::optional<std::int64_t> blocks, more_blocks;
  std::string reason;
  bool withheld = false;  // the figures prove a verdict, and the reason says why it is not given
  std::string reproduce;  // the command that measures this case alone; empty where not known
  std::optional<Thresholds> thresholds;  // where a rule of the policy sets others than the run's
};

struct CommonShift {
  std::optional<CellVerdict> verdict;  // regression, improvement, unchanged, inconclusive
  std::optional<double> ratio, p;
  std::optional<std::array<double, 2>> ci;
};

struct ReportedPolicy {
  Thresholds thresholds;  // of cases that no rule sets others for
  double alpha = 0.01;
  std::string metric = "real_time";
  std::string statistic;           // "q25": which quantile of a process's samples
  std::string unit = "processes";  // of analysis: processes, rounds, blocks
  std::string method;              // the test, in words
};

struct ContextDifference {
  std::string key, base, head;
  bool forbids = false;  // identity; otherwise it warns
};

struct Comparison {
  RunVerdict verdict = RunVerdict::undecided;
  int exit_code = 4;
  ReportedPolicy policy;
  std::map<std::string, std::string> base_context, head_context;
  std::vector<ContextDifference> differences;
  CommonShift common_shift;
  std::optional<double> mde;                // smallest detectable change of the run: the median case's
  std::optional<double> assumed_deviation;  // between units, where too few were there; a fraction
  std::string command;                      // that makes this comparison again
  std::vector<std::string> notes;           // why undecided, warnings, what was assumed
  std::vector<Cell> cells;                  // worst first

  std::array<std::size_t, kCellVerdicts> counts() const;
};

// The order of every report: what needs a look first (regression, failed, missing, errored, inconclusive,
// improvement, new, unchanged), within one verdict the worst ratio first, then by name.
void sort_worst_first(std::vector<Cell>& cells);
inline constexpr std::array kWorstFirst = {
    CellVerdict::regression,   CellVerdict::failed,      CellVerdict::missing, CellVerdict::errored,
    CellVerdict::inconclusive, CellVerdict::improvement, CellVerdict::added,   CellVerdict::unchanged};

}  // namespace warpgauge
