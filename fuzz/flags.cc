#include "fuzz/flags.h"

#include <iostream>
#include <stdexcept>

#include "base/build_info.h"
#include "base/flag_table.h"
#include "base/flag_value.h"
#include "base/message.h"
#include "fuzz/program.h"

namespace warpgauge {
namespace {

constexpr double kLeastSeconds = 0.001, kMostSeconds = 1'000'000;

constexpr const char* kFooter =
    R"(Flags that begin with --gtest_ go to GoogleTest: --gtest_list_tests, --gtest_filter, --gtest_output.

Examples:
  fuzz                                     500 random problems per kernel
  fuzz --kernel=^cpu/ --seconds=60         one minute per CPU kernel
  fuzz --seed=1000 --seeds=100000          other problems
  fuzz --replay='cpu/naive/f32/B:1/H:1/S:17/D:64/causal:1 seed=7 family=needles'

Exit codes: 0 right, 1 wrong, 2 usage error, 77 nothing could be checked here (for example: no GPU).
WARPGAUGE_REQUIRE_GPU=1 turns 77, and each kernel that is skipped, into 1.
)";

FlagGroup case_flags(Flags& flags) {
  return {
      "Which kernels and problems",
      {{"--kernel", "REGEX", "only kernels whose id, such as cpu/naive, matches (default: all)",
        [&flags](const std::string& text) {
          if (text.empty()) throw std::invalid_argument("is empty; leave the flag out to check all kernels");
          flags.kernel = regular_expression(text, std::regex::ECMAScript);
          flags.kernel_text = text;
        }},
       {.name = "--replay",
        .value_name = "LINE",
        .help = "check only this case: the reproducer that a failure printed; repeatable, in order",
        .apply = [&flags](const std::string& line) { flags.reproducers.push_back(parse_reproducer(line)); },
        .is_repeatable = true}}};
}

FlagGroup effort_flags(Flags& flags, bool& seeds_are_given) {
  return {"How many random problems",
          {{"--seeds", "N", "random problems per kernel (default: 500); 0: regressions.txt only",
            [&flags, &seeds_are_given](const std::string& text) {
              flags.seeds = whole_number<std::uint64_t>(text, 0, UINT64_MAX);
              seeds_are_given = true;
            }},
           {"--seconds", "SECONDS", "time limit per kernel; without --seeds, run until then (default: none)",
            [&flags](const std::string& text) {
              flags.seconds = decimal_number(text, kLeastSeconds, kMostSeconds, "seconds");
            }},
           {"--seed", "N", "first seed; the next problems use N+1, N+2, ... (default: 1)",
            [&flags](const std::string& text) {
              flags.first_seed = whole_number<std::uint64_t>(text, 0, UINT64_MAX);
            }}}};
}

FlagGroup other_flags(Flags& flags) {
  return {"Other",
          {{"--oracle", "auto|cpu|cublas",
            "where the f64 reference runs (default: auto: cublas if there is a GPU)",
            [&flags](const std::string& text) {
              flags.oracle = parse_oracle(text);
              flags.oracle_text = text;
            }},
           version_flag(),
           help_flag()}};
}

int print_and_exit(const std::string& text) {
  std::cout << text << std::flush;
  return kRight;
}

}  // namespace

ParsedFlags read_flags(std::span<const char* const> arguments) {
  ParsedFlags parsed;
  Flags& flags = parsed.flags;
  flags.program = arguments.empty() ? "fuzz" : arguments.front();
  bool seeds_are_given = false;
  const FlagTable table{
      .usage = "fuzz [flags]",
      .summary =
          "Checks each attention kernel against an f64 oracle, on random and adversarial problems.\n"
          "A failure prints a reproducer: a command that fails again, and its minimized form.",
      .groups = {case_flags(flags), effort_flags(flags, seeds_are_given), other_flags(flags)},
      .footer = kFooter};
  try {
    const Request request = parse_flags(table, arguments.subspan(arguments.empty() ? 0 : 1));
    if (request == Request::help) parsed.exit_code = print_and_exit(help_text(table));
    if (request == Request::version) parsed.exit_code = print_and_exit(version_text(kFuzzName));
  } catch (const std::invalid_argument& error) {
    print_error(kFuzzName, error.what());
    parsed.exit_code = kUsage;
  }
  if (flags.seconds > 0 && !seeds_are_given) flags.seeds = kUnlimitedSeeds;
  return parsed;
}

}  // namespace warpgauge
