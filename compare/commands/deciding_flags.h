// The flags that say what is compared and where the limits are. A subcommand includes the groups that apply
// to it.
#pragma once

#include <optional>
#include <string>

#include "compare/commands/command_flags.h"
#include "compare/decide/gate.h"

namespace warpgauge {

// What the flags set. `options` is complete once the table has been parsed.
struct Deciding {
  GateOptions options;
  std::string metric = Metric().name;
  std::optional<Better> better;
};

void add_metric_flags(CommandFlags& table, Deciding& deciding);    // --metric, --better
void add_sampling_flags(CommandFlags& table, Deciding& deciding);  // --statistic, --process-cv
void add_limit_flags(CommandFlags& table, Deciding& deciding);  // --policy, --fail-above, ... --allow-missing
void add_hardware_flag(CommandFlags& table, Deciding& deciding);  // --allow-hardware-mismatch

}  // namespace warpgauge
