// compare show: result files as one table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/console.h"
#include "base/quantile.h"
#include "compare/commands/case_filter.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/reports.h"
#include "compare/decide/match.h"
#include "compare/decide/process_numbers.h"
#include "compare/input/reader.h"
#include "compare/report/show.h"

namespace warpgauge {
namespace {

// What the flags set.
struct ShowRequest {
  std::vector<std::string> files;
  CaseFilter filter;
  Deciding deciding;
  bool all = false;
};

// The median over the repetitions of all processes; empty if none has the counter.
std::optional<double> counter_of(const CasePair& pair, std::size_t which) {
  std::vector<double> values;
  for (const MeasuredCase& one : pair.head) {
    for (const Repetition& repetition : one.measured->repetitions) {
      if (which < repetition.counters.size() && std::isfinite(repetition.counters[which]))
        values.push_back(repetition.counters[which]);
    }
  }
  return values.empty() ? std::nullopt : std::optional(median(values));
}

ShownCase shown_case(const CasePair& pair, const ResultSet& results, const Metric& metric) {
  ShownCase shown{.name = pair.name,
                  .numbers = numbers_of(pair, {}, results, {metric, Statistic::median}).head.summary,
                  .counters = {},
                  .failure = {},
                  .skip_reason = {}};
  for (std::size_t i = 0; i < kShownCounters.size(); ++i) shown.counters[i] = counter_of(pair, i);
  if (const auto* failed = std::get_if<Failed>(&pair.why)) shown.failure = failed->message;
  return shown;
}

ShownResults shown_results(const ResultSet& results, const Metric& metric) {
  ShownResults shown{.metric = metric.name,
                     .processes = static_cast<std::int64_t>(results.processes.size()),
                     .cases = {},
                     .warnings = {}};
  const Matching matching = match_cases({}, results);
  std::int64_t most = 0;
  for (const CasePair& pair : matching.pairs) {
    shown.cases.push_back(shown_case(pair, results, metric));
    const auto measured = static_cast<std::int64_t>(pair.head.size());
    const auto all = static_cast<std::int64_t>(processes_of_executables(results, pair.head));
    most = std::max(most, all);
    if (pair.presence != CasePresence::failed && measured < all)
      shown.warnings.push_back(fmt::format("{}: measured by {} of {} processes", pair.name, measured, all));
  }
  if (most > 0) shown.processes = most;  // of a suite: per executable
  for (const Note& note : matching.notes) {
    if (const auto* skipped = std::get_if<note::SkippedCase>(&note))
      shown.cases.push_back({.name = skipped->name,
                             .numbers = {},
                             .counters = {},
                             .failure = {},
                             .skip_reason = skipped->message});
  }
  for (const Process& process : results.processes)
    shown.warnings.insert(shown.warnings.end(), process.warnings.begin(), process.warnings.end());
  return shown;
}

int run(const ShowRequest& request) {
  const Metric& metric = request.deciding.options.metrics.front();
  const ResultSet results =
      read_results(request.files, {.metric = metric,
                                   .filter = request.filter.names,
                                   .counters = {kShownCounters.begin(), kShownCounters.end()}});
  require_cases(request.filter, {&results}, metric);
  print(show_report(shown_results(results, metric), request.all));
  return 0;
}

}  // namespace

Command show_command() {
  const auto request = std::make_shared<ShowRequest>();
  Command show{
      .name = "show",
      .summary = "Prints result files as one table",
      .description =
          "Prints the results of one binary as a table: time, deviation and number of samples of each case, "
          "its throughput and checked error if the binary reports them, and why a case failed or was "
          "skipped.",
      .examples = {"show results.json", "show head-*.json --filter '^BM_Sort/' --metric cpu_time"},
      .exit_codes = "0 shown; 2 usage; 3 a file is not valid; 5 stdout cannot be written",
      .flags = {},
      .run = [request](const std::string&) { return run(*request); }};
  show.flags.add_heading("Arguments");
  show.flags.add({.name = "FILE",
                  .value = "...",
                  .help = "Result files of one binary or of a suite, one per process; or a directory of them",
                  .take = appended_to(request->files),
                  .echo = Echo::as_path,
                  .required = true});
  add_filter_flag(show.flags, request->filter);
  add_metric_flags(show.flags, request->deciding);
  add_all_flag(show.flags, request->all);
  return show;
}

}  // namespace warpgauge
