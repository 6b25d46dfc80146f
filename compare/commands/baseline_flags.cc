#include "compare/commands/baseline_flags.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/diagnostic.h"
#include "base/escape.h"
#include "compare/baseline/folder_name.h"
#include "compare/input/metric.h"

namespace warpgauge {
namespace {

std::string parse_plain_name(const std::string& text) {
  if (!is_plain_name(text))
    throw bad_value(text, "cannot be a file name", "use letters, digits, '.', '_' and '-'");
  return text;
}

Better opposite(Better better) {
  return better == Better::lower ? Better::higher : Better::lower;
}

std::string matrix_of(const Process& process) {
  const auto matrix = process.context.settings.find("matrix");
  return matrix == process.context.settings.end() ? "default" : matrix->second;
}

// In one baseline, each case of a second matrix would be new or missing in every round.
std::string common_matrix(const ResultSet& results) {
  const Process& first = results.processes.front();
  for (const Process& process : results.processes) {
    if (matrix_of(process) == matrix_of(first)) continue;
    throw UsageError(fmt::format("{} is of matrix '{}', {} of '{}'; give files of one matrix", first.file,
                                 printable(matrix_of(first)), process.file, printable(matrix_of(process))));
  }
  return matrix_of(first);
}

}  // namespace

void add_baseline_flags(FlagTable& table, BaselineChoice& choice, BaselineUse use) {
  const bool all = use == BaselineUse::all;
  table.add_heading("Baseline");
  table.add({.name = "--baseline",
             .value = "DIR",
             .help = "Directory of stored baselines; it holds DIR/FINGERPRINT/MATRIX.json",
             .take = text_into(choice.directory),
             .echo = Echo::as_path,
             .required = use != BaselineUse::optional});
  table.add({.name = "--fingerprint",
             .value = "NAME",
             .help = "Name of the hardware",
             .default_shown = all ? "all" : "from context.warpgauge of the results",
             .take = parsed_into(choice.fingerprint, parse_plain_name)});
  table.add({.name = "--matrix",
             .value = "NAME",
             .help = "Name of the set of cases",
             .default_shown = all ? "all" : "from context.warpgauge of the results, else 'default'",
             .take = parsed_into(choice.matrix, parse_plain_name)});
}

BaselineKey baseline_key(const BaselineChoice& choice, const ResultSet& results) {
  BaselineKey key{choice.fingerprint, choice.matrix};
  const Process& first = results.processes.front();
  if (key.fingerprint.empty()) {
    if (!first.context.fingerprinted)
      throw UsageError(first.file +
                       " has no fingerprint (context.warpgauge); name its hardware with --fingerprint NAME");
    key.fingerprint = fingerprint_name(first.context.identity);
  }
  if (key.matrix.empty()) {
    key.matrix = common_matrix(results);
    if (!is_plain_name(key.matrix))
      throw meaning_diagnostic(first.file, "context.warpgauge.settings.matrix",
                               fmt::format("'{}' cannot be a file name", printable(key.matrix)),
                               "give another with --matrix");
  }
  return key;
}

void check_fits(const Baseline& baseline, const GateOptions& options, const std::string& path) {
  const auto holds = [&](const Metric& metric) { return has_metric(baseline, metric); };
  const auto differs = [&](const Metric& metric) {
    return !holds(metric) && has_metric(baseline, {metric.name, opposite(metric.better)});
  };
  if (std::ranges::none_of(options.metrics, holds) || std::ranges::any_of(options.metrics, differs))
    throw UsageError(fmt::format("{} holds {} ({} is better); give the same with --metric and --better", path,
                                 visible(baseline.metric.name), better_name(baseline.metric.better)));
  const Statistic stored = statistic_of(baseline);
  if (options.statistic && *options.statistic != stored)
    throw UsageError(fmt::format("{} holds {}; omit --statistic", path, statistic_name(stored)));
}

void check_has_statistic(const ResultSet& results, Statistic statistic, const std::string& holder) {
  if (statistic == Statistic::median) return;
  for (const Process& process : results.processes) {
    for (const Case& one : process.cases) {
      if (!one.aggregate_only) continue;
      throw UsageError(
          fmt::format("{} holds {}, but {} has only one number for all repetitions of '{}'; run "
                      "without --benchmark_report_aggregates_only",
                      holder, statistic_name(statistic), process.file, printable(one.name)));
    }
  }
}

}  // namespace warpgauge
