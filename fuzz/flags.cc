#include "fuzz/flags.h"

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/build_info.h"
#include "base/console.h"
#include "base/flag_help.h"
#include "base/flag_value.h"
#include "base/message.h"
#include "fuzz/generate.h"
#include "fuzz/program.h"

namespace warpgauge {
namespace {

constexpr double kLeastSeconds = 0.001, kMostSeconds = 1'000'000;

std::uint64_t parse_any_number(const std::string& text) {
  return whole_number<std::uint64_t>(text, 0, UINT64_MAX);
}

void add_case_flags(FlagTable& table, Flags& flags) {
  table.add_heading("Which kernels and problems");
  table.add({.name = "--kernel",
             .value = "REGEX",
             .help = "Only kernels whose id, such as cpu/naive, matches",
             .default_shown = "all",
             .take = [&flags](const std::string& text) {
               if (text.empty()) throw bad_value(text, "is empty", "omit the flag to check all kernels");
               flags.kernel = Pattern(text);
               flags.kernel_text = text;
             }});
  table.add(
      {.name = "--replay",
       .value = "LINE",
       .help =
           "Checks only this case, the reproducer that a failure printed; several are checked in their order",
       .take = [&flags](const std::string& line) { flags.reproducers.push_back(parse_reproducer(line)); },
       .repeatable = true});
}

void add_effort_flags(FlagTable& table, Flags& flags) {
  table.add_heading("How many random problems");
  table.add({.name = "--seeds",
             .value = "N",
             .help = "Random problems per kernel; 0: regressions.txt only",
             .default_shown = fmt::format("{}", flags.seeds),
             .take = parsed_into(flags.seeds, parse_any_number)});
  table.add({.name = "--seconds",
             .value = "SECONDS",
             .help = "Time limit per kernel; without --seeds, runs until then",
             .default_shown = "none",
             .take = parsed_into(flags.seconds, [](const std::string& text) {
               return decimal_number(text, kLeastSeconds, kMostSeconds, "seconds");
             })});
  table.add({.name = "--seed",
             .value = "N",
             .help = "First seed; the next problems use N+1, N+2 and so on",
             .default_shown = fmt::format("{}", flags.first_seed),
             .take = parsed_into(flags.first_seed, parse_any_number)});
  table.add(
      {.name = "--corners",
       .help = "Draws a quarter of the problems from expensive sizes: 65,537 heads or batches, 70,000 keys",
       .take = truth_into(flags.corners)});
  table.add({.name = "--cost",
             .value = "N",
             .help = "Largest cost of a random problem, in multiply-adds; smaller problems take less time",
             .default_shown = fmt::format("{}; emulator {}", kMaxFuzzVolume, kMaxEmulatedVolume),
             .take = parsed_into(flags.cost, [](const std::string& text) {
               return whole_number<std::int64_t>(text, kLeastVolume, kMaxCornerVolume);
             })});
  table.add_rule([&flags](const FlagTable& given) {
    if (given.is_given("--seconds") && !given.is_given("--seeds")) flags.seeds = kUnlimitedSeeds;
  });
}

void add_other_flags(FlagTable& table, Flags& flags) {
  table.add_heading("Other");
  table.add({.name = "--oracle",
             .value = "auto|cpu|cublas",
             .help = "Where the f64 reference runs; auto: cublas if there is a GPU",
             .default_shown = flags.oracle_text,
             .take = [&flags](const std::string& text) {
               flags.oracle = parse_oracle(text);
               flags.oracle_text = text;
             }});
  table.add(version_flag());
  table.add(help_flag());
}

const ProgramHelp& program_help() {
  static const ProgramHelp kHelp{
      .program = kFuzzName,
      .description =
          "Checks each attention kernel against an f64 oracle, on random and adversarial problems. A failure "
          "prints a reproducer: a command that fails again, and its minimized form. Flags that begin with "
          "--gtest_ go to GoogleTest: --gtest_list_tests, --gtest_filter, --gtest_output.",
      .examples =
          {"warpgauge-fuzz                                   # 500 random problems per kernel",
           "warpgauge-fuzz --kernel ^cpu/ --seconds 60       # one minute per CPU kernel",
           "warpgauge-fuzz --seed 1000 --seeds 100000        # other problems",
           "warpgauge-fuzz --replay 'cpu/naive/f32/B:1/H:1/S:17/D:64/causal:1 seed=7 family=needles'"},
      .exit_codes =
          "0 right; 1 wrong, or stdout cannot be written; 2 usage; 77 nothing could be checked here, for "
          "example without a GPU. "
          "WARPGAUGE_REQUIRE_GPU=1 turns 77, and each kernel that is skipped, into 1"};
  return kHelp;
}

int print_and_exit(const std::string& text) {
  print(text);
  return kRight;
}

}  // namespace

FlagTable flag_table(Flags& flags) {
  FlagTable table;
  add_case_flags(table, flags);
  add_effort_flags(table, flags);
  add_other_flags(table, flags);
  return table;
}

ParsedFlags read_flags(std::span<const char* const> arguments) {
  ParsedFlags parsed;
  parsed.flags.program = arguments.empty() ? "fuzz" : arguments.front();
  const auto words = arguments.subspan(arguments.empty() ? 0 : 1);
  FlagTable table = flag_table(parsed.flags);
  try {
    const Request request = table.parse(kFuzzName, {words.begin(), words.end()});
    if (request == Request::help) parsed.exit_code = print_and_exit(help_text(program_help(), table));
    if (request == Request::version) parsed.exit_code = print_and_exit(version_text(kFuzzName));
  } catch (const UsageError& error) {
    print_error(kFuzzName, error.what());
    parsed.exit_code = kUsage;
  } catch (const OutputError& error) {
    print_error(kFuzzName, error.what());
    parsed.exit_code = kWrong;
  }
  return parsed;
}

}  // namespace warpgauge
