// compare bless: takes one round into the stored baseline, unless it is red, undecided or too early, or would
// make the baseline drift.
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "compare/baseline/baseline_files.h"
#include "compare/baseline/bless.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/round.h"
#include "compare/baseline/smoke.h"
#include "compare/commands/options.h"
#include "compare/decide/match.h"
#include "compare/decide/rounds.h"
#include "compare/decide/sample_counts.h"
#include "compare/input/metric.h"
#include "compare/report/baseline_words.h"
#include "compare/report/format.h"

namespace warpgauge {
namespace {

constexpr int kRefused = 4;

struct BlessFlags {
  std::vector<std::string> head, renames;
  std::string reason, date, accept, remove, margin;
  bool smoke = false;
  BaselineFlags baseline;
  DecisionFlags decision;
  ReportFlags reports;
};

std::set<std::string> measured_names(const ResultSet& head) {
  std::set<std::string> names;
  for (const CasePair& pair : match_cases({}, head).pairs) names.insert(pair.name);
  return names;
}

// What the round is held against: the stored cases, less those that were edited out.
Comparison comparison_of(const std::optional<Baseline>& stored, const Baseline& edited,
                         const std::string& path, const ResultSet& head, GateOptions options) {
  options.allow_disjoint = edited.cases.empty();
  return stored ? compare_with_baseline(side_of(edited, path), head, options)
                : compare_results({}, head, options);
}

// The round's results, with the date that a flag gives them.
ResultSet read_round(const BlessFlags& flags, const Metric& metric) {
  ResultSet head = read_side(flags.head, {.metric = metric, .filter = {}});
  try {
    if (!flags.date.empty()) date_results(head, flags.date);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--date: ") + error.what());
  }
  return head;
}

// What bless has to say is no part of a report: where one is on stdout, it goes to stderr.
void tell(const ReportFlags& reports, const std::string& text) {
  if (report_on_stdout(reports)) {
    std::cerr << text;
  } else {
    print(text);
  }
}

std::string summary(const Baseline& baseline, const std::string& path) {
  return "blessed: " + path + " has " + std::to_string(baseline.rounds.size()) + " of at most " +
         std::to_string(kMaxRounds) + " rounds, " +
         format_count(static_cast<std::int64_t>(baseline.cases.size()), "cases") + "\n";
}

// Why the round is not taken in; empty where it is.
std::string refusal_of(const Comparison& comparison, const std::vector<Drift>& drifted) {
  if (comparison.counts()[static_cast<std::size_t>(CellVerdict::failed)] > 0)
    return "cases failed: what they took is not known; the report says why, case by case\n";
  if (verdict_of(comparison) == RunVerdict::regression)
    return "the verdict is regression; --accept RE lets in a slow-down that is meant\n";
  if (verdict_of(comparison) != RunVerdict::pass)
    return "the verdict is " + std::string(run_verdict_name(verdict_of(comparison))) +
           "; the notes say why, --remove RE takes out cases that are gone\n";
  return drifted.empty() ? "" : drift_refusal(drifted);
}

// The minima of a smoke test, in place of a round: made anew from these results.
int run_bless_smoke(const BlessFlags& flags) {
  if (!flags.accept.empty() || !flags.remove.empty() || !flags.renames.empty() || !flags.date.empty())
    throw UsageError("--smoke makes all minima anew; --accept, --remove, --rename and --date are for rounds");
  const ResultSet head = read_side(flags.head, {.metric = make_metric("tflops"), .filter = {}});
  double margin = kSmokeMargin;
  take_threshold("--margin", flags.margin, margin);
  if (margin >= 1) throw UsageError("--margin " + flags.margin + ": nothing would be left of the throughput");
  SmokeMinima minima;
  try {
    minima = smoke_minima(head, margin);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  const auto path = std::filesystem::path(flags.baseline.directory) /
                    baseline_key(flags.baseline, head).fingerprint / "smoke.json";
  update_file(path, read_if_there(path), format_smoke_minima(minima));
  print("blessed: " + shown_path(path, kBaselineParts) + " has minima for " +
        format_count(static_cast<std::int64_t>(minima.tflops.size()), "cases") + "\n");
  return 0;
}

// What would let numbers into a baseline that nobody could explain later.
void check_origin(const BlessFlags& flags) {
  if (flags.decision.allow_hardware_mismatch)
    throw UsageError(
        "--allow-hardware-mismatch: a baseline holds what one machine measured; give another its own, with "
        "--fingerprint NAME");
  if (flags.reason.find_first_not_of(" \t\r\n") == std::string::npos)
    throw UsageError("--reason is blank; say in a few words why, for whoever reads the file");
}

int run_bless(const BlessFlags& flags) {
  check_reports(flags.reports);
  check_origin(flags);
  if (flags.baseline.directory.empty()) throw UsageError("where to? give --baseline DIR");
  if (flags.smoke) return run_bless_smoke(flags);
  if (!flags.margin.empty()) throw UsageError("--margin goes with --smoke");
  GateOptions options = gate_options(flags.decision);
  const BlessEdits edits{name_filter("--accept", flags.accept), name_filter("--remove", flags.remove),
                         flags.renames, flags.reason};
  const ResultSet head = read_round(flags, options.metric);
  const BaselineKey key = baseline_key(flags.baseline, head);
  const StoredBaseline stored = read_baseline(flags.baseline.directory, key.fingerprint, key.matrix);
  const std::string path = shown_path(stored.path, kBaselineParts);
  if (stored.baseline) check_fits(*stored.baseline, options, path);

  const Statistic statistic =
      stored.baseline ? statistic_of(*stored.baseline) : options.statistic.value_or(default_statistic(head));
  check_has_statistic(head, statistic, stored.baseline ? path : "the new baseline");
  BaselineRound round = describe_round(head, statistic_name(statistic));
  round.reason = flags.reason;
  const std::vector<BaselineRound> rounds =
      stored.baseline ? stored.baseline->rounds : std::vector<BaselineRound>();
  if (const auto problem = problem_with_round(head, round, rounds)) {
    tell(flags.reports, "refused: " + round_problem_text(*problem) + "\n");
    return kRefused;
  }

  Baseline updated = stored.baseline.value_or(Baseline{.metric = options.metric,
                                                       .identity = head.processes.front().context.identity,
                                                       .rounds = {},
                                                       .cases = {},
                                                       .history = {}});
  if (const auto problem = edit_baseline(updated, edits, measured_names(head), round))
    throw UsageError(edit_problem_text(*problem));
  Comparison comparison = comparison_of(stored.baseline, updated, path, head, options);
  const std::vector<Drift> drifted = drifted_cases_with(updated, round, comparison, options.policy);
  if (!drifted.empty()) comparison.notes.push_back(drift_note(drifted));
  write_reports(comparison, flags.reports);
  if (const std::string refusal = refusal_of(comparison, drifted); !refusal.empty()) {
    tell(flags.reports, "refused: " + refusal);
    const int code = exit_code_of(verdict_of(comparison));
    return code != 0 ? code : kRefused;
  }
  if (statistic != Statistic::median) round.samples = fewest_samples(comparison.cells);
  add_round(updated, round, comparison);
  write_baseline(stored, updated);
  tell(flags.reports, summary(updated, path));
  return 0;
}

}  // namespace

void add_bless(CLI::App& app, Run& run) {
  CLI::App& bless = *app.add_subcommand("bless", "Takes a round of results into the stored baseline");
  const auto flags = std::make_shared<BlessFlags>();
  bless.add_option("--head", flags->head, "results of the processes of one round")
      ->type_name("FILE...")
      ->required();
  bless.add_option("--reason", flags->reason, "why; kept in the file")->type_name("TEXT")->required();
  bless.add_option("--date", flags->date, "when it was measured, of results that do not tell (nvbench)")
      ->type_name("YYYY-MM-DDTHH:MM:SS+HH:MM");
  bless.add_option("--accept", flags->accept, "lets these cases in as they are now, and restarts them")
      ->type_name("RE");
  bless.add_option("--remove", flags->remove, "takes these cases out")->type_name("RE");
  bless.add_option("--rename", flags->renames, "a case goes on under another name")
      ->type_name("OLD=NEW")
      ->expected(1)
      ->take_all();
  bless.add_flag("--smoke", flags->smoke,
                 "writes smoke.json, the minima for bench --assert-min, instead of a round");
  bless.add_option("--margin", flags->margin, "with --smoke: how far below the slowest process (30%)")
      ->type_name("SHARE");
  add_baseline_flags(bless, flags->baseline);
  add_decision_flags(bless, flags->decision);
  bless.get_option("--allow-hardware-mismatch")->group("");  // not in --help: here it is refused
  add_report_flags(bless, flags->reports);
  bless.callback([flags, &run] { run = [flags] { return run_bless(*flags); }; });
}

}  // namespace warpgauge
