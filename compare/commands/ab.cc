// compare ab: runs two benchmark binaries interleaved until every case is decided.
#include <fmt/format.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/flag_value.h"
#include "base/scratch_directory.h"
#include "compare/ab/driver.h"
#include "compare/commands/case_filter.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/paths.h"
#include "compare/commands/rename_flag.h"
#include "compare/commands/reports.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

constexpr double kLeastSeconds = 0.001, kMostSeconds = 1'000'000;

std::atomic<bool> interrupted{false};

// From here on, the signals that ask a program to end make it end the run, with a report. nohup's choice to
// ignore SIGHUP holds.
void handle_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction before {};
    const bool is_ignored = sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    if (signal != SIGHUP || !is_ignored) sigaction(signal, &action, nullptr);
  }
}

// What the flags set.
struct AbRequest {
  AbOptions options;
  Deciding deciding;
  CaseFilter filter;
  std::vector<std::string> renames;
  std::string keep;
  bool check_only = false;
  ReportOutputs reports;
};

double parse_seconds(const std::string& text) {
  return decimal_number(text, kLeastSeconds, kMostSeconds, "seconds");
}

std::uint64_t parse_seed(const std::string& text) {
  return whole_number<std::uint64_t>(text, 0, UINT64_MAX);
}

// "6..24", or "12" for one analysis after 12 blocks.
void take_blocks(const std::string& text, AbPlan& plan) {
  const std::size_t dots = text.find("..");
  const auto first = number_of<int>(std::string_view(text).substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : number_of<int>(std::string_view(text).substr(dots + 2));
  if (!first || !last || *first < 2 || *last < *first || *last > kMostBlocks)
    throw bad_value(text, "is not a range of blocks",
                    fmt::format("give A..B with 2 <= A <= B <= {}, such as 6..24", kMostBlocks));
  plan.first_blocks = *first;
  plan.max_blocks = *last;
}

void add_measuring_flags(FlagTable& table, AbRequest& request) {
  AbOptions& options = request.options;
  options.plan.seed = 1;
  table.add_heading("Measuring");
  add_filter_flag(table, request.filter);
  add_rename_flag(table, request.renames);
  table.add({.name = "--blocks",
             .value = "A..B",
             .help =
                 "Number of blocks: the run is analysed after A, stops when every case is decided, and ends "
                 "after B. A block is four processes: base, head, head, base",
             .default_shown = fmt::format("{}..{}", options.plan.first_blocks, options.plan.max_blocks),
             .take = [&options](const std::string& text) { take_blocks(text, options.plan); }});
  table.add({.name = "--process-seconds",
             .value = "S",
             .help = "Seconds that one process measures",
             .default_shown = fmt::format("{:g}", options.process_s),
             .take = parsed_into(options.process_s, parse_seconds)});
  table.add({.name = "--timeout",
             .value = "S",
             .help = "Seconds after which a process is stopped; the case that was running fails. Listing the "
                     "cases takes at most 60 s",
             .default_shown = "60 + 10 x process-seconds",
             .take = parsed_into(options.timeout_s, parse_seconds)});
  table.add({.name = "--seed",
             .value = "N",
             .help = "Seed of the random choices: control cases of later analyses, stack alignment",
             .default_shown = fmt::format("{}", options.plan.seed),
             .take = parsed_into(options.plan.seed, parse_seed)});
  table.add(
      {.name = "--keep",
       .value = "DIR",
       .help = "Keeps the results of all processes in this directory; `gate --run DIR` analyses them again",
       .take = text_into(request.keep),
       .echo = Echo::hidden});
  table.add({.name = "--check",
             .help = "Checks the arguments and runs nothing; the binaries need not exist",
             .take = truth_into(request.check_only),
             .echo = Echo::hidden});
}

void check_executable(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    throw UsageError(fmt::format("{}: is not a file; give a Google Benchmark binary", visible(path)));
}

// Results of two runs must not mix.
void check_keep(const std::string& path) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) return;
  if (!fs::is_directory(path, error)) throw bad_flag("--keep", path, "is not a directory", "give a new one");
  if (!fs::is_empty(path, error) || error)
    throw bad_flag("--keep", path, "is not empty", "give a new directory");
}

std::string made_directory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw OutputError(
        fmt::format("{}: cannot be created: {}; give another with --keep", path, error.message()));
  return path;
}

void complete(AbRequest& request, const std::string& echoed) {
  AbOptions& options = request.options;
  const GateOptions& deciding = request.deciding.options;
  options.base_shown = shown_path(options.base_executable, kExecutableParts);
  options.head_shown = shown_path(options.head_executable, kExecutableParts);
  options.filter = request.filter.names;
  options.renames = renames_of(request.renames);
  options.plan.alpha = deciding.policy.alpha.value_or(kAlpha);
  options.metrics = deciding.metrics;
  options.policy = deciding.policy;
  options.run_policy = {.margins = deciding.policy.defaults,
                        .max_mde = deciding.policy.max_mde,
                        .strict = deciding.strict,
                        .allow_missing = deciding.allow_missing,
                        .allow_hardware_mismatch = deciding.allow_hardware_mismatch,
                        .allow_failed = deciding.policy.allow_failed};
  options.command = echoed;
}

int run(AbRequest& request, const std::string& echoed) {
  AbOptions& options = request.options;
  check_writable(request.reports);
  if (request.check_only) return 0;
  complete(request, echoed);
  handle_signals();  // before there is a folder to remove
  std::optional<ScratchDirectory> scratch;
  options.directory = request.keep.empty() ? scratch.emplace().path() : made_directory(request.keep);
  Comparison comparison;
  try {
    comparison = run_ab(options, interrupted).comparison;
  } catch (const BinaryError& error) {
    throw UsageError(error.what());
  }
  write_reports(comparison, request.reports, {options.head_executable, options.head_shown});
  return exit_code_of(verdict_of(comparison));
}

}  // namespace

Command ab_command() {
  const auto request = std::make_shared<AbRequest>();
  Command ab{
      .name = "ab",
      .summary = "Runs two benchmark binaries interleaved, and decides for every case",
      .description =
          "Runs two Google Benchmark binaries interleaved until every case is decided: regression, "
          "improvement, unchanged or inconclusive. It detects smaller changes than `gate` on results that "
          "were measured one after the other.",
      .examples = {"ab base/bench head/bench", "ab base/bench head/bench --filter '^BM_Sort/' --blocks 12",
                   "ab base/bench head/bench --fail-above 3% --json out.json -- --my_flag=1"},
      .exit_codes = kVerdictExitCodes,
      .flags = {},
      .run = [request](const std::string& echoed) { return run(*request, echoed); }};
  FlagTable& flags = ab.flags;
  AbOptions& options = request->options;
  flags.add_heading("Arguments");
  flags.add({.name = "BASE_EXE",
             .value = "FILE",
             .help = "Benchmark binary without the change",
             .take = text_into(options.base_executable),
             .echo = Echo::as_path,
             .path_parts = kExecutableParts,
             .required = true});
  flags.add({.name = "HEAD_EXE",
             .value = "FILE",
             .help = "Benchmark binary with the change",
             .take = text_into(options.head_executable),
             .echo = Echo::as_path,
             .path_parts = kExecutableParts,
             .required = true});
  flags.add({.name = "ARGS",
             .value = "...",
             .help = "Arguments that both binaries get, behind --",
             .take = appended_to(options.arguments)});
  add_measuring_flags(flags, *request);
  add_metric_flags(flags, request->deciding, MetricCount::any);
  add_limit_flags(flags, request->deciding);
  add_hardware_flag(flags, request->deciding);
  flags.refuse("--statistic",
               "`ab` chooses the quantile by which base agrees best with itself; omit the flag");
  flags.refuse("--process-cv", "`ab` measures the deviation between processes; omit the flag");
  add_report_flags(flags, request->reports);
  flags.add_rule([request](const FlagTable&) {
    check_keep(request->keep);
    if (request->check_only) return;
    check_executable(request->options.base_executable);
    check_executable(request->options.head_executable);
  });
  return ab;
}

}  // namespace warpgauge
