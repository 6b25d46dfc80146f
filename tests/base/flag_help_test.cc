#include "base/flag_help.h"

#include <gmock/gmock.h>

#include "tests/base/flag_table_checks.h"

namespace warpgauge {
namespace {

const Flag::Take kIgnored = [](const std::string&) {};

FlagTable sample_table() {
  FlagTable table;
  table.add_heading("Arguments");
  table.add({.name = "FILE", .value = "FILE", .help = "Results", .take = kIgnored, .required = true});
  table.add({.name = "ARGS", .value = "...", .help = "Arguments of the binary", .take = kIgnored});
  table.add_heading("Cases");
  table.add({.name = "--matrix",
             .value = "NAME",
             .help = "The problems",
             .default_shown = "ci",
             .take = kIgnored,
             .repeatable = true});
  table.refuse("--statistic", "is measured; omit the flag");
  table.add({.name = "--threads-of-the-kernel-on-the-cpu",
             .value = "N",
             .help = "Replaces the number of threads, which is a text that is too long for one line of a "
                     "terminal with a hundred columns",
             .take = kIgnored});
  table.add({.name = "-o", .value = "FILE", .help = "Output", .take = kIgnored, .required = true});
  table.add_heading("Without effect");
  table.add({.name = "--color", .take = kIgnored});
  table.add({.name = "--verbose", .value = "N", .take = kIgnored});
  table.add_heading("Help");
  table.add(help_flag());
  return table;
}

constexpr const char* kHelp = R"(usage: tool FILE -o FILE [flags] [-- ARGS...]

Times kernels.

Arguments:
  FILE                      Results
  ARGS                      Arguments of the binary

Cases:
  --matrix NAME             The problems; may be given more than once (default: ci)
  --threads-of-the-kernel-on-the-cpu N
                            Replaces the number of threads, which is a text that is too long for one
                            line of a terminal with a hundred columns
  -o FILE                   Output (required)

Without effect:
  --color --verbose

Help:
  --help                    Prints this text

Example:
  tool results.json

Exit codes: 0 right; 1 wrong.
)";

TEST(FlagHelp, FollowsFromTheTable) {
  const FlagTable table = sample_table();
  const std::string help = help_text({.program = "tool",
                                      .description = "Times kernels.",
                                      .examples = {"tool results.json"},
                                      .exit_codes = "0 right; 1 wrong"},
                                     table);
  EXPECT_EQ(help, kHelp);
  expect_sound(table, help);
}

}  // namespace
}  // namespace warpgauge
