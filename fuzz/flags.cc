#include "fuzz/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <limits>
#include <string>

#include "fuzz/program.h"

namespace warpgauge {
namespace {

constexpr const char* kFooter =
    "Flags that start with --gtest_ go to GoogleTest, as --gtest_filter and --gtest_output.\n"
    "Exit: 0 right, 1 wrong, 2 usage, 77 nothing was checked. WARPGAUGE_REQUIRE_GPU=1 turns every skip into "
    "a 1.";

// Turns a value's own exception into CLI11's, so that there is one way to say what is wrong.
template <class Convert>
auto convert(const char* flag, Convert conversion) {
  try {
    return conversion();
  } catch (const std::exception& error) {
    throw CLI::ValidationError(flag, error.what());
  }
}

// A minus is a huge number to an unsigned one.
std::string reject_sign(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos
             ? ""
             : "'" + text + "' is not a count: digits only";
}
std::string reject_no_time(const std::string& text) {
  return std::atof(text.c_str()) > 0 ? "" : "'" + text + "': more than 0 seconds are needed";
}

}  // namespace

ParsedFlags parse_flags(const std::vector<char*>& arguments) {
  Flags flags;
  std::string kernel = ".", oracle = "auto";
  std::vector<std::string> replays;
  CLI::App app("Holds each attention kernel against an f64 oracle on random and adversarial problems.",
               "fuzz");
  app.add_option("--kernel", kernel, "only kernels whose id, as cpu/naive, matches this regular expression");
  const auto* seeds = app.add_option("--seeds", flags.seeds, "random cases a kernel")
                          ->capture_default_str()
                          ->check(reject_sign);
  app.add_option("--seconds", flags.seconds,
                 "stop a kernel after this time; without --seeds, go on until then")
      ->check(reject_no_time);
  app.add_option("--seed", flags.first_seed, "the first seed; the others follow")
      ->capture_default_str()
      ->check(reject_sign);
  app.add_option("--replay", replays, "check just this case: a line that a failure printed")->take_all();
  app.add_option("--oracle", oracle, "where the truth is computed: auto, cpu or cublas")
      ->capture_default_str();
  app.footer(kFooter);
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
    flags.kernel = convert("--kernel", [&] { return std::regex(kernel); });
    for (const std::string& line : replays)
      flags.replays.push_back(convert("--replay", [&] { return parse_replay(line); }));
    const auto backend = parse_oracle(oracle);
    if (!backend) throw CLI::ValidationError("--oracle", "'" + oracle + "' is not auto, cpu or cublas");
    flags.oracle = *backend;
  } catch (const CLI::ParseError& error) {
    return {flags, app.exit(error) == 0 ? kRight : kUsage};
  }
  if (flags.seconds > 0 && seeds->count() == 0) flags.seeds = std::numeric_limits<std::uint64_t>::max();
  return {flags, std::nullopt};
}

bool is_wanted(const Kernel& kernel, const Flags& flags) {
  if (!std::regex_search(kernel.id(), flags.kernel)) return false;
  return flags.replays.empty() || std::any_of(flags.replays.begin(), flags.replays.end(),
                                              [&](const Replay& replay) { return replay.is_for(kernel); });
}

}  // namespace warpgauge
