// --help, from the tables of flags.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "compare/commands/command.h"
#include "compare/report/columns.h"

namespace warpgauge {
namespace {

constexpr std::size_t kFlagColumns = 28;
// "  LEFT      right, wrapped and indented".
std::string two_columns(const std::string& left, const std::string& right) {
  const std::string text = wrapped(right, kFlagColumns);
  if (display_width(left) + 4 > kFlagColumns) return fmt::format("  {}\n{}", left, text);
  return "  " + padded_right(left, kFlagColumns - 2) + text.substr(kFlagColumns);
}

std::string flag_help(const CommandFlags::Entry& entry) {
  const CommandFlag& flag = entry.flag;
  std::string help = flag.help;
  if (!flag.default_shown.empty()) help += fmt::format(" (default: {})", flag.default_shown);
  if (flag.required && !entry.is_positional()) help += " (required)";
  const bool has_value = !entry.is_positional() && !entry.is_switch();
  return two_columns(flag.name + (has_value ? " " + flag.value : ""), help);
}

std::string usage_line(const Command& command) {
  std::string words, optional, rest;
  for (const CommandFlags::Entry& entry : command.flags.entries()) {
    const CommandFlag& flag = entry.flag;
    if (!entry.is_positional() && flag.required) {
      words += fmt::format(" {} {}", flag.name, flag.value);
    } else if (!entry.is_positional()) {
      optional = " [flags]";
    } else if (entry.takes_several() && !flag.required) {
      rest = fmt::format(" [-- {}...]", flag.name);
    } else {
      const std::string name = flag.name + (entry.takes_several() ? "..." : "");
      words += flag.required ? " " + name : fmt::format(" [{}]", name);
    }
  }
  return fmt::format("usage: {} {}{}{}{}\n", kProgram, command.name, words, optional, rest);
}

}  // namespace

std::string help_of(const Command& command) {
  std::string out = usage_line(command) + "\n" + wrapped(command.description, 0);
  std::string heading = "none yet";
  for (const CommandFlags::Entry& entry : command.flags.entries()) {
    if (!entry.refused_because.empty()) continue;
    if (entry.heading != heading) {
      heading = entry.heading;
      out += fmt::format("\n{}:\n", heading);
    }
    out += flag_help(entry);
  }
  out += command.examples.size() == 1 ? "\nExample:\n" : "\nExamples:\n";
  for (const std::string& example : command.examples) out += fmt::format("  {} {}\n", kProgram, example);
  return out + "\n" + wrapped(fmt::format("Exit codes: {}.", command.exit_codes), 0);
}

std::string overview(const std::vector<Command>& commands) {
  std::string out = fmt::format(
      "usage: {0} SUBCOMMAND [flags]\n"
      "       {0} BASE.json HEAD.json   short for: {0} gate BASE.json HEAD.json\n\n"
      "Reports whether a change made benchmarks slower. Reads the JSON of Google Benchmark and nvbench.\n\n"
      "Subcommands ({0} SUBCOMMAND --help lists their flags):\n",
      kProgram);
  for (const Command& command : commands) out += two_columns(command.name, command.summary);
  return out + "\nOther flags:\n" + two_columns("--help", "Prints this text") +
         two_columns("--version", "Prints the version") + "\n" +
         wrapped(fmt::format("Exit codes: {}.", kVerdictExitCodes), 0);
}

}  // namespace warpgauge
