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
#include "compare/commands/rename_flag.h"
#include "compare/commands/reports.h"
#include "compare/decide/rename_cases.h"
#include "compare/input/executables.h"
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
  std::vector<std::string> renames;
  BaselineChoice baseline;
  Deciding deciding;
  bool check_only = false;
  ReportOutputs reports;
  bool metric_given = false;

  // For --run: the metrics that replace the recorded ones.
  std::vector<Metric> other_metrics() const {
    return metric_given ? deciding.options.metrics : std::vector<Metric>();
  }
};

// A recorded run holds its sides and its limits. Its files hold other metrics, too.
void check_recorded_run(const FlagTable& flags) {
  if (!flags.is_given("--run")) return;
  const auto* other = flags.first_given([](const FlagTable::Entry& entry) {
    static const std::set<std::string> kAllowed = {"--run", "--check", "--metric", "--better",
                                                   "--allow-failed"};
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

// `sides`: by metric.
std::vector<MetricSides> with_metrics(std::vector<Sides> sides, const std::vector<Metric>& metrics) {
  std::vector<MetricSides> all;
  for (std::size_t m = 0; m < metrics.size(); ++m)
    all.push_back({metrics[m], std::move(sides[m].base), std::move(sides[m].head)});
  return all;
}

Comparison without_baseline(std::vector<ResultSet> heads, GateOptions options, const std::string& path) {
  options.allow_disjoint = true;  // there is a better note for it
  std::vector<Sides> sides;
  for (ResultSet& head : heads) sides.push_back({{}, std::move(head)});
  Comparison comparison = compare_results(with_metrics(std::move(sides), options.metrics), options);
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

// As head's reader keeps names. Stored is the raw name if two cases share the stripped one, and the name
// behind its executable if two executables have it.
bool keeps_stored(const CaseFilter& filter, const std::string& name, const ResultSet& head) {
  if (!filter.names) return true;
  std::vector<std::string> texts{strip_settings(name)};
  for (const Process& process : head.processes) {
    const std::string front = qualified_name(process.executable, "");
    if (process.executable.empty() || !name.starts_with(front)) continue;
    texts.push_back(strip_settings(name.substr(front.size())));
    break;
  }
  return filter.names->keeps_any(texts);
}

// The stored baseline, with the cases that the filter keeps. Until they are checked, paths stay as typed.
StoredBaseline stored_for(const GateRequest& request, const ResultSet& head) {
  const GateOptions& options = request.deciding.options;
  const BaselineKey key = baseline_key(request.baseline, head);
  StoredBaseline stored = find_baseline(request.baseline.directory, key.fingerprint, key.matrix);
  if (!stored.baseline) return stored;
  check_fits(*stored.baseline, options, stored.path.string());
  check_has_statistic(head, statistic_of(*stored.baseline), stored.path.string());
  const BlessEdits renamed{.accept = {}, .remove = {}, .renames = request.renames, .reason = {}};
  if (const auto problem = edit_baseline(*stored.baseline, renamed, {}, {}))
    throw UsageError(edit_problem_text(*problem));
  const auto is_dropped = [&](const std::string& name) { return !keeps_stored(request.filter, name, head); };
  const auto holds_dropped = [&](const auto& entry) { return is_dropped(entry.first); };
  std::erase_if(stored.baseline->cases, holds_dropped);
  for (OtherMetric& other : stored.baseline->others) std::erase_if(other.cases, holds_dropped);
  for (BaselineRound& round : stored.baseline->rounds) std::erase_if(round.failed, is_dropped);
  return stored;
}

struct Compared {
  Comparison comparison;
  Executable head;
};

Compared against_baseline(const GateRequest& request) {
  const GateOptions& options = request.deciding.options;
  std::vector<ResultSet> heads = read_results(
      request.head, {.filter = request.filter.names, .filter_raw_names = false}, options.metrics);
  const ResultSet& head = heads.front();
  const StoredBaseline stored = stored_for(request, head);
  if (!stored.baseline || stored.baseline->cases.empty())
    require_cases(request.filter, {&head}, options.metrics.front());
  for (const ResultSet& of_metric : heads) require_metric({&of_metric});
  check_writable(request.reports);
  const Executable executable = executable_of(head);
  for (ResultSet& of_metric : heads) show_paths_of(of_metric);
  if (!stored.baseline)
    return {without_baseline(std::move(heads), options, stored.path.string()), executable};
  const std::string path = shown_path(stored.path, kBaselineParts);
  std::vector<StoredMetric> metrics =
      stored_metrics(*stored.baseline, path, options.metrics, std::move(heads));
  Comparison comparison = compare_with_baseline(metrics, options);
  const auto rounds = static_cast<std::int64_t>(stored.baseline->rounds.size());
  comparison.notes.push_back(note::BaselineUsed{path, stored.blessed, rounds});
  const std::vector<Drift> drifted = drift_of(*stored.baseline, metrics.front().head, comparison, options);
  if (!drifted.empty()) comparison.notes.push_back(drift_note(drifted));
  return {std::move(comparison), executable};
}

Compared between_files(const GateRequest& request) {
  const GateOptions& options = request.deciding.options;
  const std::vector<Rename> renames = renames_of(request.renames);
  ReadOptions read;
  read.filter = request.filter.names;
  read.renames = renames;
  std::vector<MetricSides> metrics =
      with_metrics(read_sides(request.base, request.head, read, options.metrics), options.metrics);
  require_cases(request.filter, {&metrics.front().base, &metrics.front().head}, options.metrics.front());
  for (const MetricSides& one : metrics) require_metric({&one.base, &one.head});
  for (MetricSides& one : metrics) {
    const auto problem = rename_cases(one.base, one.head, renames);
    if (problem && &one == &metrics.front()) throw UsageError(rename_problem_text(*problem, "base"));
  }
  check_writable(request.reports);
  const Executable executable = executable_of(metrics.front().head);
  for (MetricSides& one : metrics)
    for (ResultSet* side : {&one.base, &one.head}) show_paths_of(*side);
  return {compare_results(metrics, options), executable};
}

int run(const GateRequest& request, const std::string& echoed) {
  if (request.check_only) {
    check_writable(request.reports);
    return 0;
  }
  Compared compared;
  if (!request.recorded_run.empty()) {
    const std::vector<std::string>& allow_failed = request.deciding.options.policy.allow_failed;
    compared.comparison = replay_run(request.recorded_run, {request.other_metrics(), allow_failed});
    if (request.metric_given || !allow_failed.empty()) compared.comparison.command = echoed;
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
  add_files("--base", "FILE...", "Result files without the change, one per process; or a directory of them",
            request.base);
  add_files("--head", "FILE...", "Result files with the change, one per process; or a directory of them",
            request.head);
  add_filter_flag(table, request.filter);
  add_rename_flag(table, request.renames);
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
  add_metric_flags(flags, request->deciding, MetricCount::any);
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
