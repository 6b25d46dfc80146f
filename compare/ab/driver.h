// `compare ab`: runs two benchmark binaries interleaved, block by block, until the rule has decided every
// case. If a process crashes, hangs or gives wrong results, the run loses one case and continues.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "compare/ab/analysis.h"
#include "compare/ab/bench_binary.h"
#include "compare/ab/run_record.h"
#include "compare/decide/policy.h"
#include "compare/input/name_filter.h"
#include "compare/input/rename.h"

namespace warpgauge {

struct AbOptions {
  std::string base_executable, head_executable;
  std::string base_shown, head_shown;  // as reports show them
  std::vector<std::string> arguments;  // for both, after --
  std::optional<NameFilter> filter;
  std::vector<Rename> renames;  // of base's cases
  AbPlan plan;
  double process_s = 10;  // measuring time of one process
  double timeout_s = 0;   // of one process; 0: 60 s plus ten times process_s
  std::vector<Metric> metrics{Metric()};
  Policy policy;          // margins and controls of the cases
  RunPolicy run_policy;   // the other settings
  std::string directory;  // for run.json and the raw results; it exists and is empty
  std::string command;    // for the report
};

struct AbResult {
  RunRecord record;
  Comparison comparison;
};

// Writes run.json and the raw results to the directory after every interim analysis. Once `interrupted` is
// true, the run ends with the decisions so far. Throws BinaryError if a binary cannot be used, OutputError if
// the directory cannot be written.
[[nodiscard]] AbResult run_ab(const AbOptions& options, const std::atomic<bool>& interrupted);

}  // namespace warpgauge
