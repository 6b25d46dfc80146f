// run.json (schema "warpgauge/run/1"): what an A/B run was asked for and what happened in it, beside the raw
// results look1/block03/2-head.json. With both, `gate --run` makes the very same report again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/input/result_set.h"
#include "compare/statistics/ab_rule.h"

namespace warpgauge {

inline constexpr int kMostBlocks = 1000;  // that may be asked for

struct RunCase {
  std::string name;                // by which the sides are matched
  std::string base_raw, head_raw;  // as each binary lists it
  AbCase rule;                     // margins, control
};

// How the run is judged, beside each case's margins.
struct RunPolicy {
  Margins margins;  // where no rule of the policy file says otherwise
  std::optional<double> max_mde;
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
};

// A case that was taken out because one side crashed on it, hung, failed it, or gave no number for it.
struct DroppedCase {
  std::string name;
  Side side = Side::head;
  int after_block = 0;  // blocks taken by then
  std::string reason;
};

// One process that ran. `file` is relative to run.json; `exit` says how the process ended.
struct RunRow {
  int look = 0, block = 0, position = 0;  // counted from 1, as in the files' names
  Side side = Side::base;
  std::string file;
  std::string exit;
  bool timeout = false;
};

struct RecordedLook {
  int first_block = 0, last_block = 0;  // [first, last), from 0
  std::vector<std::string> cases;
};

struct RunRecord {
  AbPlan plan;
  double process_s = 10;
  Metric metric;
  RunPolicy policy;
  std::string base_executable, head_executable;  // as reports show them
  std::vector<RunCase> cases;
  std::vector<std::string> base_only, head_only;  // listed by one binary only
  std::string command;                            // that made the run, without absolute paths
  std::string statistic;                          // chosen at the first look; empty before
  std::vector<RecordedLook> looks;                // taken, in order
  std::vector<RunRow> rows;
  std::vector<DroppedCase> dropped;
  std::string ended_early;       // why the run ended before the rule was done; empty: it was done
  std::optional<Side> ended_by;  // the side whose fault that is, where it is one's
};

std::string format_run_record(const RunRecord& record);

// Throws Diagnostic (exit 3) with the place when `path` is not such a file.
RunRecord read_run_record(const std::string& path);

// "look1/block03/2-head.json"
std::string result_file_name(int look, int block, int position, Side side);

}  // namespace warpgauge
