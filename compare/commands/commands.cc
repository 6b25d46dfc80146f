#include "compare/commands/command.h"

namespace warpgauge {

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  for (Command (*make)() :
       {ab_command, gate_command, rivals_command, show_command, bless_command, trend_command, nightly_command,
        fingerprint_command, check_baseline_command, settle_open_command, settle_estimate_command,
        settle_merge_command, settle_note_command, settle_worst_command, comment_command})
    commands.push_back(make());
  return commands;
}

}  // namespace warpgauge
