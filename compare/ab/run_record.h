// run.json (schema "warpgauge/run/1"): the plan of an A/B run and what happened in it, beside the raw results
// look1/block03/2-head.json. From both, `gate --run` makes the same report again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/decide/limits.h"
#include "compare/input/result_set.h"
#include "compare/statistics/ab_rule.h"

namespace warpgauge {

inline constexpr int kMostBlocks = 1000;      // that a run may have
inline constexpr int kMostParts = 1'000'000;  // that a position may have

struct RunCase {
  std::string name;                            // by which the sides are matched
  std::string base_raw, head_raw;              // as each binary lists it
  AbCase rule;                                 // relative margins of the first metric, control
  std::optional<AbsoluteLimit> absolute = {};  // of the first metric
  std::vector<CaseLimits> others = {};         // of the other metrics
};

// A metric of the run, and whether the policy declares it exact.
struct RunMetric {
  Metric metric;
  std::optional<bool> exact = {};
};

// How the run is decided, beside each case's margins.
struct RunPolicy {
  Margins margins;  // of cases for which no rule of the policy file sets others
  std::optional<double> max_mde;
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
  std::vector<std::string> allow_failed;  // expressions: cases that may fail in head
};

// A case that was excluded because one side crashed on it, hung, failed it, or gave no number for it.
struct DroppedCase {
  std::string name;
  Side side = Side::head;
  int after_block = 0;  // blocks taken by then
  std::string reason;
};

// One process that ran.
struct RunRow {
  int look = 0, block = 0, position = 0;  // counted from 1, as in the files' names; 0 of the calibration
  Side side = Side::base;
  std::string file;  // its results, relative to run.json
  std::string exit;  // how it ended
  bool timeout = false;
  int part = 0;  // of the position, from 1; 0: its only process
};

struct RecordedLook {
  int first_block = 0, last_block = 0;  // [first, last), from 0
  std::vector<std::string> cases;
};

struct RunRecord {
  AbPlan plan;
  double process_s = 10;
  Metric metric;  // the first
  std::optional<bool> exact = {};
  std::vector<RunMetric> others = {};
  RunPolicy policy;
  std::string base_executable, head_executable;  // as reports show them
  std::vector<RunCase> cases;
  std::vector<std::string> base_only, head_only;  // listed by one binary only
  bool base_is_empty = false;                     // base lists no case: all cases of head are new
  std::string command;                            // that made the run, without absolute paths
  std::string statistic;                          // chosen at the first look; empty before
  std::vector<RecordedLook> looks;                // taken, in order
  std::vector<RunRow> rows;
  std::vector<DroppedCase> dropped;
  std::string ended_early;       // why the run ended before the rule was done; empty: it was done
  std::optional<Side> ended_by;  // the side that caused it, if one did
};

[[nodiscard]] std::vector<RunMetric> metrics_of(const RunRecord& record);
[[nodiscard]] CaseLimits limits_of(const RunCase& one, std::size_t metric);

[[nodiscard]] std::string format_run_record(const RunRecord& record);

// Throw Diagnostic if the text is not a record that a run can have: a value out of its range, a look or a
// dropped case that is not in `cases`, a file outside the record's folder.
[[nodiscard]] RunRecord parse_run_record(std::string_view text, const std::string& file);
[[nodiscard]] RunRecord read_run_record(const std::string& path);

// "look1/block03/2-head.json", and "look1/block03/2-head.part4.json" if the position has several parts.
[[nodiscard]] std::string result_file_name(int look, int block, int position, Side side, int part = 0);

}  // namespace warpgauge
