// --help, of the program and of one subcommand.
#include "base/flag_help.h"

#include <fmt/format.h>

#include "compare/commands/command.h"

namespace warpgauge {

std::string help_of(const Command& command) {
  ProgramHelp help{.program = fmt::format("{} {}", kProgram, command.name),
                   .description = command.description,
                   .examples = {},
                   .exit_codes = command.exit_codes};
  for (const std::string& example : command.examples)
    help.examples.push_back(fmt::format("{} {}", kProgram, example));
  return help_text(help, command.flags);
}

std::string overview(const std::vector<Command>& commands) {
  std::string out = fmt::format(
      "usage: {0} SUBCOMMAND [flags]\n"
      "       {0} BASE.json HEAD.json   short for: {0} gate BASE.json HEAD.json\n\n"
      "Reports whether a change made benchmarks slower. Reads the JSON of Google Benchmark and nvbench.\n\n"
      "Subcommands ({0} SUBCOMMAND --help lists their flags):\n",
      kProgram);
  for (const Command& command : commands) out += help_entry(command.name, command.summary);
  return out + "\nOther flags:\n" + help_entry("--help", "Prints this text") +
         help_entry("--version", "Prints the version") + exit_code_paragraph(kVerdictExitCodes);
}

}  // namespace warpgauge
