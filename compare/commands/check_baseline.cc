// compare check-baseline: whether a file is a stored baseline, and another one with one round more. For
// scripts that take the file from another machine.
#include <fmt/format.h>

#include <memory>

#include "base/console.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compare/baseline/one_more.h"
#include "compare/commands/command.h"
#include "compare/commands/reports.h"

namespace warpgauge {
namespace {

struct CheckRequest {
  std::string file, before;
  bool one_more = false;
};

Baseline read_stored(const std::string& path) {
  return parse_baseline(read_file(path), path);
}

int run(const CheckRequest& request) {
  const Baseline after = read_stored(request.file);
  if (request.one_more) {
    const Baseline before = request.before.empty() ? Baseline{} : read_stored(request.before);
    if (const std::string fault = not_one_more(before, after); !fault.empty())
      throw meaning_diagnostic(request.file, "",
                               fmt::format("is not the baseline before with one round more: {}", fault),
                               "measure the round again");
  }
  print(fmt::format("{}\n", round_state_name(after.rounds.back().state)));
  return 0;
}

}  // namespace

Command check_baseline_command() {
  const auto request = std::make_shared<CheckRequest>();
  Command check{
      .name = "check-baseline",
      .summary = "Checks a stored baseline, and prints the state of its last round",
      .description =
          "Reads a stored baseline with the reader of `gate` and `bless`, and prints the state of its last "
          "round: accepted, refused or noise. With --after or --first it also checks that the file is the "
          "baseline before it with exactly one round more: all other rounds, values and edits are unchanged.",
      .examples = {"check-baseline baselines/lab/ci.json",
                   "check-baseline new/lab/ci.json --after old/lab/ci.json",
                   "check-baseline new/lab/ci.json --first"},
      .exit_codes = "0 valid; 2 usage; 3 a file is not valid; 5 stdout cannot be written",
      .flags = {},
      .run = [request](const std::string&) { return run(*request); }};
  FlagTable& flags = check.flags;
  flags.add_heading("Arguments");
  flags.add({.name = "FILE",
             .value = "FILE",
             .help = "The stored baseline",
             .take = text_into(request->file),
             .required = true});
  flags.add({.name = "--after",
             .value = "FILE",
             .help = "The baseline before: FILE must have one round more",
             .take = text_into(request->before)});
  flags.add({.name = "--first",
             .help = "There was no baseline before: FILE must have one round",
             .take = truth_into(request->one_more)});
  flags.add_rule([request](const FlagTable& given) {
    if (given.is_given("--after") && given.is_given("--first"))
      throw UsageError("--first: there was no baseline before; omit --after");
    request->one_more = given.is_given("--after") || given.is_given("--first");
  });
  return check;
}

}  // namespace warpgauge
