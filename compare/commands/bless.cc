// compare bless: takes one round into the stored baseline, unless it is a regression, undecided or too early,
// or would make the baseline drift.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "base/atomic_file.h"
#include "base/console.h"
#include "base/date.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "compare/baseline/baseline_files.h"
#include "compare/baseline/bless.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/round.h"
#include "compare/baseline/smoke.h"
#include "compare/commands/baseline_flags.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/paths.h"
#include "compare/commands/rename_flag.h"
#include "compare/commands/reports.h"
#include "compare/decide/match.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/sample_counts.h"
#include "compare/input/metric.h"
#include "compare/input/reader.h"
#include "compare/input/threshold.h"
#include "compare/report/baseline_words.h"

namespace warpgauge {
namespace {

constexpr int kRefused = 4;

// What the flags set.
struct BlessRequest {
  std::vector<std::string> head;
  std::string date;
  BlessEdits edits;
  bool smoke = false, skip_early = false;
  double margin = kSmokeMargin;
  BaselineChoice baseline;
  Deciding deciding;
  ReportOutputs reports;
};

std::string parse_reason(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw bad_value(text, "is blank", "say in a few words why; the file keeps it");
  return text;
}

std::string parse_measuring_date(const std::string& text) {
  if (!parse_date(text))
    throw bad_value(text, "is not a date", "give what `date -Iseconds` prints, 2026-11-20T21:10:26+01:00");
  return text;
}

double parse_smoke_margin(const std::string& text) {
  const double margin = parse_threshold(text);
  if (margin >= 1) throw bad_value(text, "is 100% or more", "give less than 100%");
  return margin;
}

NameFilter parse_names(const std::string& text) {
  return NameFilter(text);
}

std::set<std::string> measured_names(const std::vector<ResultSet>& heads) {
  std::set<std::string> names;
  for (const ResultSet& head : heads)
    for (const CasePair& pair : match_cases({}, head).pairs) names.insert(pair.name);
  return names;
}

// The stored value of each accepted case, in the unit of the baseline's first metric.
std::map<std::string, double> accepted_values(const Baseline& stored, const NameFilter& accept) {
  std::map<std::string, double> values;
  for (const auto& [name, unused] : stored.cases) {
    if (!accept.keeps(name)) continue;
    const auto value = value_of(stored_values(stored, name), {}, stored.metric, NumberScale::difference);
    const auto by_log = value_of(stored_numbers(stored, name), {}, stored.metric);
    if (value || by_log) values[name] = by_log.value_or(value.value_or(0));
  }
  return values;
}

// The round is compared with the stored cases, without those that were edited out.
Comparison comparison_of(const std::optional<Baseline>& stored, const Baseline& edited,
                         const std::optional<NameFilter>& accept, const std::string& path,
                         const std::vector<ResultSet>& heads, GateOptions options) {
  options.allow_disjoint = edited.cases.empty();
  if (stored) {
    for (const Metric& metric : options.metrics) {
      Baseline one = *stored;
      if (accept && select_metric(one, metric)) options.accepted[metric.name] = accepted_values(one, *accept);
    }
    std::vector<StoredMetric> metrics = stored_metrics(edited, path, options.metrics, heads);
    return compare_with_baseline(metrics, options);
  }
  std::vector<MetricSides> sides;
  for (std::size_t m = 0; m < heads.size(); ++m) sides.push_back({options.metrics[m], {}, heads[m]});
  return compare_results(sides, options);
}

// The round's results, with the date that a flag gives them.
std::vector<ResultSet> read_round(const BlessRequest& request) {
  std::vector<ResultSet> heads = read_results(request.head, {}, request.deciding.options.metrics);
  for (ResultSet& head : heads) {
    require_metric({&head});
    try {
      if (!request.date.empty()) date_results(head, request.date);
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("--date: {}", error.what()));
    }
  }
  return heads;
}

// The outcome of `bless` is no part of a report: it goes to stderr if a report has stdout.
void print_outcome(const ReportOutputs& reports, const std::string& text) {
  if (reports.on_stdout()) {
    print_to_stderr(text);
  } else {
    print(text);
  }
}

std::string summary(const Baseline& baseline, const std::string& path) {
  const auto accepted = std::ranges::count(baseline.rounds, RoundState::accepted, &BaselineRound::state);
  const std::vector<std::string>& noise = baseline.rounds.back().noise;
  const std::string aside =
      noise.empty() ? ""
                    : fmt::format(", {} of this round as noise", format_count(std::ssize(noise), "cases"));
  return fmt::format("blessed: {} has {} of at most {} rounds, {}{}\n", path, accepted, kMaxRounds,
                     format_count(std::ssize(baseline.cases), "cases"), aside);
}

// Why the round is not taken in; empty if it is.
std::string refusal_of(const Comparison& comparison, const std::vector<Drift>& drifted) {
  if (comparison.count(CellVerdict::failed) > 0)
    return "cases failed, so they have no time; the report gives the cause of each\n";
  const RunVerdict verdict = verdict_of(comparison);
  if (verdict == RunVerdict::regression)
    return "the verdict is regression; --accept RE accepts an intended slow-down, --noise RE takes cases as "
           "noise\n";
  if (verdict != RunVerdict::pass)
    return "the verdict is " + std::string(run_verdict_name(verdict)) +
           "; the notes say why, --remove RE removes cases that no longer exist\n";
  return drifted.empty() ? "" : drift_refusal(drifted);
}

// smoke.json, made again from these results.
int run_smoke(const BlessRequest& request) {
  const ResultSet head = read_results(request.head, {.metric = make_metric("tflops")});
  SmokeMinima minima;
  try {
    minima = smoke_minima(head, request.margin);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  const auto path = std::filesystem::path(request.baseline.directory) /
                    baseline_key(request.baseline, head).fingerprint / "smoke.json";
  update_file(path, read_if_there(path), format_smoke_minima(minima));
  print(fmt::format("blessed: {} has minima for {}\n", shown_path(path, kBaselineParts),
                    format_count(static_cast<std::int64_t>(minima.tflops.size()), "cases")));
  return 0;
}

// Another round at a later time could be taken in.
bool is_early(const RoundProblem& problem) {
  return std::holds_alternative<round_problem::UnderAnHour>(problem) ||
         std::holds_alternative<round_problem::AlreadyIn>(problem);
}

// What `bless` works on.
struct Blessing {
  std::vector<ResultSet> heads;  // by metric
  StoredBaseline stored;
  Statistic statistic;
  BaselineRound round;
  std::string path;  // as shown
};

Blessing read_all(const BlessRequest& request) {
  const GateOptions& options = request.deciding.options;
  Blessing all{.heads = read_round(request), .stored = {}, .statistic = {}, .round = {}, .path = {}};
  const BaselineKey key = baseline_key(request.baseline, all.heads.front());
  all.stored = read_baseline(request.baseline.directory, key.fingerprint, key.matrix);
  const std::optional<Baseline>& stored = all.stored.baseline;
  if (stored) check_fits(*stored, options, all.stored.path.string());
  all.statistic =
      stored ? statistic_of(*stored) : options.statistic.value_or(default_statistic(all.heads.front()));
  check_has_statistic(all.heads.front(), all.statistic,
                      stored ? all.stored.path.string() : "the new baseline");
  check_writable(request.reports);
  return all;
}

Baseline empty_baseline(const Blessing& all, const Metric& metric) {
  return {.metric = metric,
          .identity = all.heads.front().processes.front().context.identity,
          .rounds = {},
          .cases = {},
          .history = {}};
}

// Of this machine, and without edits that would be lost: then its values show which speeds the cases have.
bool is_worth_storing(const BlessRequest& request, const Blessing& all, const Comparison& comparison) {
  const BlessEdits& edits = request.edits;
  return all.stored.baseline && comparison.hindrances.empty() && !edits.accept && !edits.remove &&
         edits.renames.empty();
}

int refuse(const BlessRequest& request, Blessing& all, const Comparison& comparison,
           const std::string& refusal) {
  std::string text = "refused: " + refusal;
  if (is_worth_storing(request, all, comparison)) {
    Baseline updated = *all.stored.baseline;
    set_state(all.round, comparison, {}, false);
    add_round(updated, all.round, comparison);
    write_baseline(all.stored, *all.stored.baseline, updated);
    text += fmt::format("{} keeps the round as refused; it does not count\n", all.path);
  }
  print_outcome(request.reports, text);
  const int code = exit_code_of(verdict_of(comparison));
  return code != 0 ? code : kRefused;
}

int bless_round(const BlessRequest& request, Blessing& all, const Executable& executable) {
  GateOptions options = request.deciding.options;
  const std::set<std::string> measured = measured_names(all.heads);
  Baseline updated = all.stored.baseline.value_or(empty_baseline(all, options.metrics.front()));
  if (const auto problem = edit_baseline(updated, request.edits, measured, all.round))
    throw UsageError(edit_problem_text(*problem));
  options.noise = noise_cases(updated, request.edits, measured);
  Comparison comparison =
      comparison_of(all.stored.baseline, updated, request.edits.accept, all.path, all.heads, options);
  if (all.statistic != Statistic::median) all.round.samples = fewest_samples(comparison.cells);
  set_state(all.round, comparison, options.noise, true);
  const std::vector<Drift> drifted = drifted_cases_with(updated, all.round, comparison, options.policy);
  if (!drifted.empty()) comparison.notes.push_back(drift_note(drifted));
  write_reports(comparison, request.reports, executable);
  if (const std::string refusal = refusal_of(comparison, drifted); !refusal.empty())
    return refuse(request, all, comparison, refusal);
  const Baseline edited = updated;
  add_round(updated, all.round, comparison);
  write_baseline(all.stored, edited, updated);
  print_outcome(request.reports, summary(updated, all.path));
  return 0;
}

int run(const BlessRequest& request) {
  if (request.smoke) return run_smoke(request);
  Blessing all = read_all(request);
  const Executable executable = executable_of(all.heads.front());
  for (ResultSet& head : all.heads) show_paths_of(head);
  all.path = shown_path(all.stored.path, kBaselineParts);
  all.round = describe_round(all.heads.front(), statistic_name(all.statistic));
  all.round.reason = request.edits.reason;
  const std::vector<BaselineRound> rounds =
      all.stored.baseline ? all.stored.baseline->rounds : std::vector<BaselineRound>();
  if (const auto problem = problem_with_round(all.heads.front(), all.round, rounds)) {
    const bool skipped = request.skip_early && is_early(*problem);
    print_outcome(request.reports,
                  fmt::format("{}: {}\n", skipped ? "skipped" : "refused", round_problem_text(*problem)));
    return skipped ? 0 : kRefused;
  }
  return bless_round(request, all, executable);
}

void add_round_flags(FlagTable& table, BlessRequest& request) {
  table.add_heading("Round");
  table.add({.name = "--head",
             .value = "FILE...",
             .help = "Result files of one round: processes of one boot within an hour",
             .take = appended_to(request.head),
             .echo = Echo::as_path,
             .required = true});
  table.add({.name = "--reason",
             .value = "TEXT",
             .help = "Why the round is blessed; the baseline keeps it",
             .take = parsed_into(request.edits.reason, parse_reason),
             .required = true});
  table.add({.name = "--date",
             .value = "YYYY-MM-DDTHH:MM:SS+HH:MM",
             .help = "When it was measured, for results without a date (nvbench)",
             .take = parsed_into(request.date, parse_measuring_date)});
  table.add({.name = "--skip-early",
             .help = "Skips, without an error, a round under an hour old or already in the baseline",
             .take = truth_into(request.skip_early)});
  table.add(
      {.name = "--accept",
       .value = "RE",
       .help = "Accepts these cases even if they are slower; their history starts again with this round",
       .take = parsed_into(request.edits.accept, parse_names)});
  table.add(
      {.name = "--noise",
       .value = "RE",
       .help = "Takes these cases of the round as noise: they may be slower, and do not change the baseline",
       .take = parsed_into(request.edits.noise, parse_names)});
  table.add({.name = "--remove",
             .value = "RE",
             .help = "Removes these cases from the baseline",
             .take = parsed_into(request.edits.remove, parse_names)});
  add_rename_flag(table, request.edits.renames);
}

void add_smoke_flags(FlagTable& table, BlessRequest& request) {
  table.add_heading("Smoke test");
  table.add({.name = "--smoke",
             .help = "Writes smoke.json, the minima for `bench --assert-min`, in place of a round",
             .take = truth_into(request.smoke)});
  table.add({.name = "--margin",
             .value = "SHARE",
             .help = "With --smoke: how far below the slowest process a minimum is",
             .default_shown = fmt::format("{:g}%", 100 * kSmokeMargin),
             .take = parsed_into(request.margin, parse_smoke_margin)});
  table.add_rule([](const FlagTable& flags) {
    if (!flags.is_given("--smoke") && flags.is_given("--margin"))
      throw UsageError("--margin: is for --smoke only; omit it");
    for (const char* flag : {"--accept", "--noise", "--remove", "--rename", "--date"}) {
      if (flags.is_given("--smoke") && flags.is_given(flag))
        throw UsageError(fmt::format("--smoke: makes all minima again; omit {}", flag));
    }
  });
}

}  // namespace

Command bless_command() {
  const auto request = std::make_shared<BlessRequest>();
  Command bless{
      .name = "bless",
      .summary = "Adds a round of results to the stored baseline",
      .description =
          "Adds one round of results to the stored baseline of this hardware, and creates the baseline if "
          "there is none. Refuses a round that is a regression, undecided, or less than an hour after the "
          "last one unless it is known to be of another boot.",
      .examples = {"bless --baseline baselines --head head-*.json --reason 'first round'",
                   "bless --baseline baselines --head head-*.json --accept '^BM_Sort/' --reason 'checked "
                   "sort'"},
      .exit_codes =
          "0 blessed; 1 regression, or a case failed; 2 usage; 3 an input is not valid; 4 refused; "
          "5 an output cannot be written",
      .flags = {},
      .run = [request](const std::string&) { return run(*request); }};
  FlagTable& flags = bless.flags;
  add_round_flags(flags, *request);
  add_baseline_flags(flags, request->baseline, BaselineUse::required);
  add_smoke_flags(flags, *request);
  add_metric_flags(flags, request->deciding, MetricCount::any);
  add_sampling_flags(flags, request->deciding);
  add_limit_flags(flags, request->deciding);
  flags.refuse(
      "--allow-hardware-mismatch",
      "a baseline holds what one machine measured; give another machine its own with --fingerprint NAME");
  add_report_flags(flags, request->reports);
  return bless;
}

}  // namespace warpgauge
