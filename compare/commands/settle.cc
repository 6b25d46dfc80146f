// compare settle: the comparison with the stored baseline, and the A/B run of the cases that it left open,
// made one.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/atomic_file.h"
#include "base/console.h"
#include "base/flag_value.h"
#include "base/text.h"
#include "compare/ab/case_pattern.h"
#include "compare/ab/driver.h"
#include "compare/commands/command.h"
#include "compare/commands/reports.h"
#include "compare/decide/settle.h"
#include "compare/input/names.h"
#include "compare/report/comparison_file.h"
#include "compare/report/json.h"
#include "compare/report/settling_words.h"

namespace warpgauge {
namespace {

constexpr const char* kPrintExitCodes =
    "0 printed; 2 usage; 3 a file is not valid; 5 stdout cannot be written";
constexpr const char* kWriteExitCodes =
    "what the written comparison says: 0 pass, 1 regression, 4 undecided; 2 usage; 3 a file is not valid; 5 "
    "FILE "
    "cannot be written";

// What the flags of any of these subcommands set.
struct SettleRequest {
  std::string comparison, ab_run, list, text, output;
  std::vector<std::string> arguments;
  bool doubt = false;
  std::size_t most = 0;
};

constexpr std::size_t kMostNames = 100000;

std::size_t parse_most(const std::string& text) {
  return whole_number<std::size_t>(text, 0, kMostNames);
}

// The names in a list of --benchmark_list_tests, with and without their settings.
std::set<std::string> listed_names(const std::string& path) {
  std::set<std::string> names;
  const std::string text = read_file(path);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string name = text.substr(begin, end - begin);
    if (!name.empty()) names.insert({name, strip_settings(name)});
    begin = end + 1;
  }
  return names;
}

int run_open(const SettleRequest& request) {
  const Comparison comparison = read_comparison(request.comparison);
  const std::set<std::string> in_base =
      request.list.empty() ? std::set<std::string>() : listed_names(request.list);
  const std::vector<std::string> open = open_cases(comparison, in_base);
  if (!open.empty()) print(case_pattern(open) + "\n");
  return 0;
}

int run_estimate(const SettleRequest& request) {
  const SettlingRun run = settling_run(read_comparison(request.comparison), AbPlan());
  constexpr int kProcessesPerBlock = 4;
  print(settling_words(run, {request.text, case_pattern(run.cases), request.arguments},
                       kProcessesPerBlock * AbOptions().process_s));
  return 0;
}

int written(const Comparison& comparison, const std::string& path) {
  write_file(path, json_report(comparison));
  return exit_code_of(verdict_of(comparison));
}

int run_merge(const SettleRequest& request) {
  const Comparison with_baseline = read_comparison(request.comparison);
  std::optional<Comparison> ab_run;
  if (!request.ab_run.empty()) ab_run = read_comparison(request.ab_run);
  return written(settled(with_baseline, ab_run), request.output);
}

int run_note(const SettleRequest& request) {
  Comparison comparison = read_comparison(request.comparison);
  comparison.notes.push_back(note::Sentence{request.text});
  if (request.doubt) comparison.hindrances.push_back(Hindrance::doubt);
  return written(comparison, request.output);
}

int run_worst(const SettleRequest& request) {
  std::string lines;
  for (const std::string& name : changed_most(read_comparison(request.comparison), request.most)) {
    if (name.find('\n') == std::string::npos) lines += name + "\n";  // one line per name
  }
  print(lines);
  return 0;
}

using RequestPointer = std::shared_ptr<SettleRequest>;

void add_argument(FlagTable& flags, const char* name, const char* help, std::string& target, bool required) {
  flags.add({.name = name,
             .value = "FILE",
             .help = help,
             .take = text_into(target),
             .echo = Echo::as_path,
             .required = required});
}

void add_output_flag(FlagTable& flags, const RequestPointer& request) {
  flags.add_heading("Output");
  flags.add({.name = "-o",
             .value = "FILE",
             .help = "Comparison to write; it may be an input file",
             .take = text_into(request->output),
             .echo = Echo::as_path,
             .required = true});
}

}  // namespace

Command settle_open_command() {
  const auto request = std::make_shared<SettleRequest>();
  Command open{
      .name = "settle open",
      .summary = "Prints the cases that an A/B run must settle, as a --filter",
      .description =
          "Prints the cases of a comparison with a stored baseline that are a regression or inconclusive, as "
          "a regular expression for `ab --filter`. Prints nothing if there are none. A new case counts if "
          "base's binary lists it: then only the stored baseline lacks it.",
      .examples = {"settle open baseline.json base-cases.txt"},
      .exit_codes = kPrintExitCodes,
      .flags = {},
      .run = [request](const std::string&) { return run_open(*request); }};
  open.flags.add_heading("Arguments");
  add_argument(open.flags, "BASELINE", "comparison.json of `gate --baseline`", request->comparison, true);
  add_argument(open.flags, "LIST", "What base's binary prints for --benchmark_list_tests", request->list,
               false);
  return open;
}

Command settle_estimate_command() {
  const auto request = std::make_shared<SettleRequest>();
  Command estimate{
      .name = "settle estimate",
      .summary = "Prints how long an A/B run of the inconclusive cases takes",
      .description =
          "Prints one line: the command that decides the inconclusive cases, and its duration with the "
          "default flags of `ab`. Prints nothing if there are none.",
      .examples = {"settle estimate comparison.json ci/gate.sh"},
      .exit_codes = kPrintExitCodes,
      .flags = {},
      .run = [request](const std::string&) { return run_estimate(*request); }};
  estimate.flags.add_heading("Arguments");
  add_argument(estimate.flags, "COMPARISON", "comparison.json", request->comparison, true);
  estimate.flags.add({.name = "COMMAND",
                      .value = "COMMAND",
                      .help = "Command that starts the A/B run; the line names it",
                      .take = text_into(request->text),
                      .required = true});
  estimate.flags.add({.name = "ARGS",
                      .value = "...",
                      .help = "Arguments of the command behind its own --",
                      .take = appended_to(request->arguments)});
  return estimate;
}

Command settle_merge_command() {
  const auto request = std::make_shared<SettleRequest>();
  Command merge{
      .name = "settle merge",
      .summary = "Joins a comparison with a baseline and the A/B run that settled it",
      .description =
          "Writes one comparison: the A/B run's verdict for the cases that it has, the stored baseline's for "
          "the others. Without an A/B run the baseline's comparison stays as it is.",
      .examples = {"settle merge baseline.json ab.json -o comparison.json"},
      .exit_codes = kWriteExitCodes,
      .flags = {},
      .run = [request](const std::string&) { return run_merge(*request); }};
  merge.flags.add_heading("Arguments");
  add_argument(merge.flags, "BASELINE", "comparison.json of `gate --baseline`", request->comparison, true);
  add_argument(merge.flags, "AB", "comparison.json of `ab`", request->ab_run, false);
  add_output_flag(merge.flags, request);
  return merge;
}

Command settle_note_command() {
  const auto request = std::make_shared<SettleRequest>();
  Command note{
      .name = "settle note",
      .summary = "Adds a note to a comparison",
      .description = "Writes the comparison with one more note. With --doubt, a pass becomes undecided.",
      .examples =
          {"settle note ab.json 'head crashed while it was measured alone' --doubt -o comparison.json"},
      .exit_codes = kWriteExitCodes,
      .flags = {},
      .run = [request](const std::string&) { return run_note(*request); }};
  note.flags.add_heading("Arguments");
  add_argument(note.flags, "COMPARISON", "comparison.json", request->comparison, true);
  note.flags.add({.name = "TEXT",
                  .value = "TEXT",
                  .help = "The note, one sentence",
                  .take = text_into(request->text),
                  .required = true});
  note.flags.add({.name = "--doubt",
                  .help = "Makes the run undecided unless it is a regression",
                  .take = truth_into(request->doubt)});
  add_output_flag(note.flags, request);
  return note;
}

Command settle_worst_command() {
  const auto request = std::make_shared<SettleRequest>();
  Command worst{.name = "settle worst",
                .summary = "Prints the cases that changed most, one per line",
                .description =
                    "Prints the names of the cases whose change is proved: regressions first, then the "
                    "largest change.",
                .examples = {"settle worst comparison.json 3"},
                .exit_codes = kPrintExitCodes,
                .flags = {},
                .run = [request](const std::string&) { return run_worst(*request); }};
  worst.flags.add_heading("Arguments");
  add_argument(worst.flags, "COMPARISON", "comparison.json", request->comparison, true);
  worst.flags.add({.name = "N",
                   .value = "N",
                   .help = "Largest number of names",
                   .take = parsed_into(request->most, parse_most),
                   .required = true});
  return worst;
}

}  // namespace warpgauge
