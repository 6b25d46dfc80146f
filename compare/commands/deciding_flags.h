// The flags that say what is compared and where the limits are. A subcommand includes the groups that apply
// to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/flag_table.h"
#include "compare/decide/gate.h"

namespace warpgauge {

// What the flags set. `options` is complete once the table has been parsed.
struct Deciding {
  GateOptions options;
  std::vector<std::string> metrics;
  std::optional<Better> better;
};

enum class MetricCount { one, any };
// --metric, --better; if `count` is any, --metric may be given several times.
void add_metric_flags(FlagTable& table, Deciding& deciding, MetricCount count = MetricCount::one);
void add_sampling_flags(FlagTable& table, Deciding& deciding);  // --statistic, --process-cv
void add_limit_flags(FlagTable& table, Deciding& deciding);     // --policy, --fail-above, ... --allow-missing
void add_hardware_flag(FlagTable& table, Deciding& deciding);   // --allow-hardware-mismatch

}  // namespace warpgauge
