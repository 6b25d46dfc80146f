// A subcommand of warpgauge-compare. Each is one file here, which makes its Command; all_commands() lists
// them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/flag_table.h"

namespace warpgauge {

inline constexpr const char* kProgram = "warpgauge-compare";
inline constexpr const char* kVerdictExitCodes =
    "0 pass; 1 regression, or a case failed; 2 usage; 3 an input is not valid; 4 undecided; 5 an output "
    "cannot be "
    "written";

struct Command {
  std::string name;                   // "ab"
  std::string summary;                // its line in the list of subcommands
  std::string description;            // the first paragraph of its --help
  std::vector<std::string> examples;  // command lines without the program's name
  std::string exit_codes;
  FlagTable flags;
  // Runs once the flags are taken. `echoed` is the command line that reports show. Returns the exit code.
  std::function<int(const std::string& echoed)> run;
};

[[nodiscard]] Command ab_command();
[[nodiscard]] Command gate_command();
[[nodiscard]] Command bless_command();
[[nodiscard]] Command fingerprint_command();
[[nodiscard]] Command check_baseline_command();
[[nodiscard]] Command settle_open_command();
[[nodiscard]] Command settle_estimate_command();
[[nodiscard]] Command settle_merge_command();
[[nodiscard]] Command settle_note_command();
[[nodiscard]] Command settle_worst_command();
[[nodiscard]] Command comment_command();
[[nodiscard]] Command nightly_command();
[[nodiscard]] Command rivals_command();
[[nodiscard]] Command show_command();
[[nodiscard]] Command trend_command();

[[nodiscard]] std::vector<Command> all_commands();

// --help of the program and of one subcommand.
[[nodiscard]] std::string overview(const std::vector<Command>& commands);
[[nodiscard]] std::string help_of(const Command& command);

}  // namespace warpgauge
