// The command line of a program as one table: parsing, errors, --help and --version follow from it.
//
//   FlagTable table{.usage = "fuzz [flags]", .summary = "Checks kernels.",
//                   .groups = {{"Seeds", {{"--seeds", "N", "random problems (default: 500)", apply_seeds}}},
//                              {"Help", {version_flag(), help_flag()}}}};
//   switch (parse_flags(table, arguments)) { ... }
//
// As in GoogleTest and Google Benchmark, `--name=value` and `--name value` are the same, `--name=` is an
// empty value, and a switch can be turned off by `--name=false`.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace warpgauge {

struct Flag {
  std::string name;        // "--matrix"
  std::string value_name;  // "NAME"; empty: a switch, whose value is "true" unless one is given
  std::string help;        // what it does, units, and the default in parentheses
  // Takes the value. Throws std::invalid_argument that says what the flag takes.
  std::function<void(const std::string& value)> apply;
  std::string environment = {};  // variable that is read if the flag is not given; empty: none
  bool is_repeatable = false;
};

struct FlagGroup {
  std::string title;
  std::vector<Flag> flags;
  bool is_brief = false;  // --help lists the names only
};

struct FlagTable {
  std::string usage;    // "bench [flags]"
  std::string summary;  // what the program does
  std::vector<FlagGroup> groups;
  std::string footer;  // examples, exit codes
};

[[nodiscard]] Flag version_flag();
[[nodiscard]] Flag help_flag();

// What a command line requests. --help, -h and --version win over everything else in it.
enum class Request { run, help, version };

// Applies each flag in the order given, then the environment. Throws std::invalid_argument that names the
// flag, its value and what to do.
[[nodiscard]] Request parse_flags(const FlagTable& table, std::span<const char* const> arguments);

// At most 100 columns wide.
[[nodiscard]] std::string help_text(const FlagTable& table);

}  // namespace warpgauge
