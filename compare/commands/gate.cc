// compare gate: measured results against measured results, or against the stored baseline of this hardware.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <set>

#include "base/escape.h"
#include "compare/ab/analysis.h"
#include "compare/baseline/baseline_files.h"
#include "compare/baseline/bless.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/round.h"
#include "compare/commands/baseline_flags.h"
#include "compare/commands/case_filter.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/paths.h"
#include "compare/commands/reports.h"
#include "compare/input/names.h"
#include "compare/input/reader.h"
#include "compare/report/baseline_words.h"

namespace warpgauge {
namespace {

// What the flags set.
struct GateRequest {
  std::vector<std::string> positional, base, head;
  std::string recorded_run;
  CaseFilter filter;
  BaselineChoice baseline;
  Deciding deciding;
  bool check_only = false;
  ReportOutputs reports;
  bool metric_given = false;

  // For --run: the metric that replaces the recorded one.
  std::optional<Metric> recorded_metric() const {
    return metric_given ? std::optional(deciding.options.metric) : std::nullopt;
  }
};

// A recorded run holds its sides and its limits. Its files hold other metrics, too.
void check_recorded_run(const FlagTable& flags) {
  if (!flags.is_given("--run")) return;
  const auto* other = flags.first_given([](const FlagTable::Entry& entry) {
    static const std::set<std::string> kAllowed = {"--run", "--check", "--metric", "--better"};
    return !kAllowed.contains(entry.flag.name) && entry.heading != kReportsHeading;
  });
  if (other)
    throw UsageError(fmt::format("--run: analyses a run as it was recorded; omit {}", other->flag.name));
}

void check_sides(GateRequest& request) {
  const std::vector<std::string>& positional = request.positional;
  if (!positional.empty()) {
    const std::string first = fmt::format("'{}'", visible(positional.front()));
    if (!request.base.empty() || !request.head.empty() || !request.baseline.directory.empty())
      throw UsageError(first +
                       ": is given beside --base, --head or --baseline; give either BASE HEAD or the flags");
    if (positional.size() == 1) throw UsageError(first + ": is only one file; give BASE HEAD");
    request.base = {positional[0]};
    request.head = {positional[1]};
  }
  if (request.head.empty())
    throw UsageError("there are no results to compare; give BASE HEAD, or --head FILE...");
  if (request.base.empty() == request.baseline.directory.empty())
    throw UsageError("head needs one thing to be compared with; give --base FILE... or --baseline DIR");
}

Comparison without_baseline(const ResultSet& head, GateOptions options, const std::string& path) {
  options.allow_disjoint = true;  // there is a better note for it
  Comparison comparison = compare_results({}, head, options);
  comparison.notes.push_back(note::NoBaseline{path});
  comparison.hindrances.push_back(Hindrance::no_baseline);
  return comparison;
}

// With the new round in it, if `bless` would take it for one.
std::vector<Drift> drift_of(const Baseline& baseline, const ResultSet& head, const Comparison& comparison,
                            const GateOptions& options) {
  BaselineRound round = describe_round(head, statistic_name(statistic_of(baseline)));
  set_state(round, comparison, {}, true);
  const bool another = !problem_with_round(head, round, baseline.rounds);
  return drifted_cases_with(baseline, another ? std::optional(round) : std::nullopt, comparison,
                            options.policy);
}

// The stored baseline, with the cases that the filter keeps. Until they are checked, paths stay as typed.
StoredBaseline stored_for(const GateRequest& request, const ResultSet& head) {
  const GateOptions& options = request.deciding.options;
  const BaselineKey key = baseline_key(request.baseline, head);
  StoredBaseline stored = find_baseline(request.baseline.directory, key.fingerprint, key.matrix);
  if (!stored.baseline) return stored;
  (void)select_metric(*stored.baseline, options.metric);  // else check_fits reports what it holds
  check_fits(*stored.baseline, options, stored.path.string());
  check_has_statistic(head, statistic_of(*stored.baseline), stored.path.string());
  // Stored is the raw name if two cases share the stripped one.
  std::erase_if(stored.baseline->cases, [&](const auto& entry) {
    return request.filter.names && !request.filter.names->keeps(strip_settings(entry.first));
  });
  return stored;
}

struct Compared {
  Comparison comparison;
  Executable head;
};

Compared against_baseline(const GateRequest& request) {
  const GateOptions& options = request.deciding.options;
  ResultSet head = read_results(
      request.head, {.metric = options.metric, .filter = request.filter.names, .filter_raw_names = false});
  const StoredBaseline stored = stored_for(request, head);
  if (!stored.baseline || stored.baseline->cases.empty())
    require_cases(request.filter, {&head}, options.metric);
  check_writable(request.reports);
  const Executable executable = executable_of(head);
  show_paths_of(head);
  if (!stored.baseline) return {without_baseline(head, options, stored.path.string()), executable};
  const std::string path = shown_path(stored.path, kBaselineParts);
  Comparison comparison = compare_with_baseline(side_of(*stored.baseline, path), head, options);
  const auto rounds = static_cast<std::int64_t>(stored.baseline->rounds.size());
  comparison.notes.push_back(note::BaselineUsed{path, stored.blessed, rounds});
  const std::vector<Drift> drifted = drift_of(*stored.baseline, head, comparison, options);
  if (!drifted.empty()) comparison.notes.push_back(drift_note(drifted));
  return {std::move(comparison), executable};
}

Compared between_files(const GateRequest& request) {
  const GateOptions& options = request.deciding.options;
  const ReadOptions read{.metric = options.metric, .filter = request.filter.names};
  ResultSet base = read_results(request.base, read), head = read_results(request.head, read);
  require_cases(request.filter, {&base, &head}, options.metric);
  check_writable(request.reports);
  const Executable executable = executable_of(head);
  for (ResultSet* side : {&base, &head}) show_paths_of(*side);
  return {compare_results(base, head, options), executable};
}

int run(const GateRequest& request, const std::string& echoed) {
  if (request.check_only) {
    check_writable(request.reports);
    return 0;
  }
  Compared compared;
  if (!request.recorded_run.empty()) {
    compared.comparison = replay_run(request.recorded_run, request.recorded_metric());
    if (request.recorded_metric()) compared.comparison.command = echoed;
  } else {
    compared = request.baseline.directory.empty() ? between_files(request) : against_baseline(request);
    compared.comparison.command = echoed;
  }
  write_reports(compared.comparison, request.reports, compared.head);
  return exit_code_of(verdict_of(compared.comparison));
}

void add_result_flags(FlagTable& table, GateRequest& request) {
  table.add_heading("Results");
  const auto add_files = [&](const char* name, const char* value, const char* help,
                             std::vector<std::string>& files) {
    table.add(
        {.name = name, .value = value, .help = help, .take = appended_to(files), .echo = Echo::as_path});
  };
  add_files("BASE", "FILE", "Result file without the change; short for --base BASE", request.positional);
  add_files("HEAD", "FILE", "Result file with the change; short for --head HEAD", request.positional);
  add_files("--base", "FILE...", "Result files without the change, one per process", request.base);
  add_files("--head", "FILE...", "Result files with the change, one per process", request.head);
  add_filter_flag(table, request.filter);
  table.add({.name = "--run",
             .value = "DIR",
             .help = "Analyses a run that `ab --keep DIR` recorded, in place of result files",
             .take = text_into(request.recorded_run)});
  table.add({.name = "--check",
             .help = "Checks the arguments and compares nothing; the result files need not exist",
             .take = truth_into(request.check_only),
             .echo = Echo::hidden});
}

}  // namespace

Command gate_command() {
  const auto request = std::make_shared<GateRequest>();
  Command gate{
      .name = "gate",
      .summary = "Decides whether head is slower than base, from result files",
      .description =
          "Compares the results of two binaries, or of one binary with the stored baseline of this "
          "hardware. Every case is a regression, an improvement, unchanged or inconclusive. Give the "
          "results of at least three processes per side: processes of one binary differ by more than "
          "repetitions in one process do.",
      .examples = {"gate base.json head.json", "gate --base base-*.json --head head-*.json --fail-above 3%",
                   "gate --baseline baselines --head head-*.json --json out.json"},
      .exit_codes = kVerdictExitCodes,
      .flags = {},
      .run = [request](const std::string& echoed) { return run(*request, echoed); }};
  FlagTable& flags = gate.flags;
  add_result_flags(flags, *request);
  add_baseline_flags(flags, request->baseline, BaselineUse::optional);
  add_metric_flags(flags, request->deciding);
  add_sampling_flags(flags, request->deciding);
  add_limit_flags(flags, request->deciding);
  add_hardware_flag(flags, request->deciding);
  add_report_flags(flags, request->reports);
  flags.add_rule([request](const FlagTable& given) {
    check_recorded_run(given);
    request->metric_given = given.is_given("--metric");
    if (request->recorded_run.empty()) check_sides(*request);
  });
  return gate;
}

}  // namespace warpgauge
