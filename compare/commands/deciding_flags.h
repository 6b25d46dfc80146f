// The flags that say what is compared and where the limits are. A subcommand includes the groups that apply
// to it.
#pragma once

#include <optional>
#include <string>

#include "base/flag_table.h"
#include "compare/decide/gate.h"

namespace warpgauge {

// What the flags set. `options` is complete once the table has been parsed.
struct Deciding {
  GateOptions options;
  std::string metric = Metric().name;
  std::optional<Better> better;
};

void add_metric_flags(FlagTable& table, Deciding& deciding);    // --metric, --better
void add_sampling_flags(FlagTable& table, Deciding& deciding);  // --statistic, --process-cv
void add_limit_flags(FlagTable& table, Deciding& deciding);     // --policy, --fail-above, ... --allow-missing
void add_hardware_flag(FlagTable& table, Deciding& deciding);   // --allow-hardware-mismatch

}  // namespace warpgauge
