// `compare ab`: runs two benchmark binaries in turn, block by block, until the rule has decided every case. A
// child that crashes, hangs or lies costs the case that it failed on, not the run.
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

namespace warpgauge {

struct AbOptions {
  std::string base_executable, head_executable;
  std::string base_shown, head_shown;  // as reports name them
  std::vector<std::string> arguments;  // for both, after --
  std::optional<NameFilter> filter;
  AbPlan plan;
  double process_s = 10;  // how long one process measures
  double timeout_s = 0;   // of one process; 0: a minute and ten times process_s
  Metric metric;
  Policy policy;          // margins and controls of the cases
  RunPolicy run_policy;   // the rest
  std::string directory;  // for run.json and the raw results; exists, is empty
  std::string command;    // for the report
};

struct AbResult {
  RunRecord record;
  Comparison comparison;
};

// Leaves run.json and the raw results in the directory, after every look. Once `interrupted` holds it ends
// with what is known. Throws BinaryError when one of the binaries cannot be used at all, OutputError when the
// directory cannot be written.
AbResult run_ab(const AbOptions& options, const std::atomic<bool>& interrupted);

}  // namespace warpgauge
