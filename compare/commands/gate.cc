// compare gate: measured results against measured results, or against the stored baseline of this hardware.
#include <filesystem>
#include <memory>

#include "base/escape.h"
#include "compare/ab/analysis.h"
#include "compare/baseline/baseline_files.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/round.h"
#include "compare/commands/options.h"
#include "compare/input/names.h"
#include "compare/report/baseline_words.h"
#include "compare/report/format.h"

namespace warpgauge {
namespace {

struct GateFlags {
  std::vector<std::string> base, head;
  std::string short_base, short_head, filter, run;
  BaselineFlags baseline;
  DecisionFlags decision;
  ReportFlags reports;
};

// A recorded run holds its own sides and how they are judged: flags could only contradict it.
void check_run_alone(const GateFlags& flags) {
  if (!flags.base.empty() || !flags.head.empty() || !flags.short_base.empty() || !flags.filter.empty() ||
      !flags.baseline.directory.empty() || !decision_words(flags.decision).empty())
    throw UsageError(
        "--run judges a recorded run as it was recorded; only reports may be asked for beside it");
}

void check_sides(GateFlags& flags) {
  if (!flags.short_base.empty()) {
    const std::string first = "'" + visible(flags.short_base) + "'";
    if (!flags.base.empty() || !flags.head.empty() || !flags.baseline.directory.empty()) {
      throw UsageError(first + ": files stand alone, BASE HEAD, or behind --base and --head; see --help");
    }
    if (flags.short_head.empty())
      throw UsageError(first + " stands alone; give BASE HEAD, or a subcommand: see --help");
    flags.base = {flags.short_base};
    flags.head = {flags.short_head};
  }
  if (flags.head.empty()) throw UsageError("nothing to judge; give BASE HEAD, or --head FILE...");
  if (flags.base.empty() == flags.baseline.directory.empty()) {
    throw UsageError("head is compared with --base FILE... or with --baseline DIR: give one of them");
  }
}

// The command line that makes the same comparison elsewhere.
std::string command_of(const GateFlags& flags) {
  std::string command = "warpgauge-compare gate";
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) command += std::string(" ") + flag + " " + shell_word(value);
  };
  const auto add_files = [&](const char* flag, const std::vector<std::string>& files) {
    if (!files.empty()) command += std::string(" ") + flag;
    for (const std::string& file : files) command += " " + shell_word(shown_path(file));
  };
  add_files("--base", flags.base);
  add("--baseline", shown_path(flags.baseline.directory));
  add("--fingerprint", flags.baseline.fingerprint);
  add("--matrix", flags.baseline.matrix);
  add_files("--head", flags.head);
  add("--filter", flags.filter);
  return command + decision_words(flags.decision);
}

Comparison without_baseline(const ResultSet& head, GateOptions options, const std::string& path) {
  options.allow_disjoint = true;  // there is a better note for it
  Comparison comparison = compare_results({}, head, options);
  comparison.notes.push_back(note::NoBaseline{path});
  comparison.hindrances.push_back(Hindrance::no_baseline);
  return comparison;
}

// With the new round in it, where `bless` would take it for one.
std::vector<Drift> drift_of(const Baseline& baseline, const ResultSet& head, const Comparison& comparison,
                            const GateOptions& options) {
  const BaselineRound round = describe_round(head, statistic_name(statistic_of(baseline)));
  const bool another = !problem_with_round(head, round, baseline.rounds);
  return drifted_cases_with(baseline, another ? std::optional(round) : std::nullopt, comparison,
                            options.policy);
}

Comparison against_baseline(const GateFlags& flags, const GateOptions& options, ReadOptions read) {
  read.filter_raw_names = false;
  const ResultSet head = read_side(flags.head, read);
  const BaselineKey key = baseline_key(flags.baseline, head);
  StoredBaseline stored = find_baseline(flags.baseline.directory, key.fingerprint, key.matrix);
  const std::string path = shown_path(stored.path, kBaselineParts);
  if (!stored.baseline) return without_baseline(head, options, path);
  check_fits(*stored.baseline, options, path);
  check_has_statistic(head, statistic_of(*stored.baseline), path);
  // Stored is the raw name where two cases share the stripped one.
  std::erase_if(stored.baseline->cases,
                [&](const auto& entry) { return !read.keeps(strip_settings(entry.first), entry.first); });
  Comparison comparison = compare_with_baseline(side_of(*stored.baseline, path), head, options);
  const auto rounds = static_cast<std::int64_t>(stored.baseline->rounds.size());
  comparison.notes.push_back(note::BaselineUsed{path, stored.blessed, rounds});
  const std::vector<Drift> drifted = drift_of(*stored.baseline, head, comparison, options);
  if (!drifted.empty()) comparison.notes.push_back(drift_note(drifted));
  return comparison;
}

int run_gate(GateFlags& flags) {
  check_reports(flags.reports);
  if (!flags.run.empty()) {
    check_run_alone(flags);
    const Comparison comparison = replay_run(flags.run);
    write_reports(comparison, flags.reports);
    return exit_code_of(verdict_of(comparison));
  }
  check_sides(flags);
  const GateOptions options = gate_options(flags.decision);
  const ReadOptions read{.metric = options.metric, .filter = name_filter("--filter", flags.filter)};
  Comparison comparison;
  if (flags.baseline.directory.empty()) {
    const ResultSet base = read_side(flags.base, read), head = read_side(flags.head, read);
    comparison = compare_results(base, head, options);
  } else {
    comparison = against_baseline(flags, options, read);
  }
  comparison.command = command_of(flags);
  write_reports(comparison, flags.reports);
  return exit_code_of(verdict_of(comparison));
}

}  // namespace

void add_gate(CLI::App& app, Run& run) {
  CLI::App& gate = *app.add_subcommand("gate", "Decides whether head is slower than base");
  const auto flags = std::make_shared<GateFlags>();
  gate.add_option("BASE", flags->short_base, "results of one process; short for --base")->type_name("FILE");
  gate.add_option("HEAD", flags->short_head, "results of one process; short for --head")->type_name("FILE");
  gate.add_option("--base", flags->base, "results of one or more processes")->type_name("FILE...");
  gate.add_option("--head", flags->head, "results of one or more processes")->type_name("FILE...");
  gate.add_option("--filter", flags->filter, "only cases whose name matches; -RE: those whose name does not")
      ->type_name("RE");
  gate.add_option("--run", flags->run, "the folder that `ab --keep` left, judged again")->type_name("DIR");
  add_baseline_flags(gate, flags->baseline);
  add_decision_flags(gate, flags->decision);
  add_report_flags(gate, flags->reports);
  gate.callback([flags, &run] { run = [flags] { return run_gate(*flags); }; });
}

}  // namespace warpgauge
