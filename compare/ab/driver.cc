#include "compare/ab/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/number_format.h"
#include "compare/ab/position_results.h"
#include "compare/ab/process_runner.h"
#include "compare/ab/progress.h"
#include "compare/decide/match.h"
#include "compare/decide/rename_cases.h"
#include "compare/input/names.h"

namespace warpgauge {
namespace {

// The cases of a binary as a process without measurements, so that match_cases() can match them.
Process listed(const BenchBinary& binary, const std::optional<NameFilter>& filter,
               const std::vector<Rename>& renames = {}) {
  ReadOptions options;
  options.filter = filter;
  options.renames = renames;
  Process process;
  for (const std::string& raw : binary.names) {
    const std::string name = strip_settings(raw);
    if (!options.keeps(name, raw)) continue;
    Case c;
    c.name = name;
    c.raw_name = raw;
    c.listed = true;
    process.cases.push_back(std::move(c));
  }
  return process;
}

// If only the producer declares a metric exact, that is not known yet.
void set_limits(RunCase& one, const RunRecord& record, const Policy& policy) {
  const std::vector<RunMetric> metrics = metrics_of(record);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const CaseLimits limits =
        policy.limits_of(one.name, metrics[m].metric, is_exact(metrics[m].metric, policy, {}));
    if (m > 0) {
      one.others.push_back(limits);
    } else {
      one.rule.margins = limits.margins;
      one.absolute = limits.absolute;
    }
  }
}

void match_binaries(RunRecord& record, const BenchBinary& base, const BenchBinary& head,
                    const AbOptions& options) {
  ResultSet base_set{{listed(base, options.filter, options.renames)}};
  const ResultSet head_set{{listed(head, options.filter)}};
  if (const auto problem = rename_cases(base_set, head_set, options.renames))
    throw BinaryError(rename_problem_text(*problem, options.base_shown));
  for (const CasePair& pair : match_cases(base_set, head_set).pairs) {
    if (pair.head.empty())
      record.base_only.push_back(pair.name);
    else if (pair.base.empty())
      record.head_only.push_back(pair.name);
    else
      record.cases.push_back({pair.name,
                              pair.base.front().measured->raw_name,
                              pair.head.front().measured->raw_name,
                              {.margins = {}, .control = options.policy.is_control(pair.name)}});
    if (!pair.head.empty() && !pair.base.empty()) set_limits(record.cases.back(), record, options.policy);
  }
}

// A filter that matches no case of either binary is a mistake of the command line.
void require_cases(const RunRecord& record, const std::array<BenchBinary, 2>& binaries,
                   const AbOptions& options) {
  if (!options.filter || !record.cases.empty() || !record.base_only.empty() || !record.head_only.empty())
    return;
  const BenchBinary& shown = record.base_is_empty ? binaries[1] : binaries[0];
  const std::vector<std::string>& names = shown.names;
  throw BinaryError(fmt::format("--filter: matches no case of either binary; {} lists {}, such as {}",
                                shown.path, format_count(std::ssize(names), "cases"),
                                printable(names.front())));
}

class AbDriver {
 public:
  AbDriver(const AbOptions& options, RunRecord record, std::array<BenchBinary, 2> binaries,
           const std::atomic<bool>& interrupted)
      : options_(options),
        record_(std::move(record)),
        analysis_(record_),
        metrics_(options.metrics),
        runner_(std::move(binaries), options.directory, runner_options(options), timeout_s(options),
                options.plan.seed, interrupted),
        progress_(options.plan.max_blocks * kPositions) {}

  AbResult run() {
    try {
      if (!record_.cases.empty()) {  // otherwise the comparison reports why there is nothing to run
        calibrate();
        announce();
      }
      while (const AbLook* look = analysis_.next()) take_look(*look);
    } catch (const RunEnded& ended) {
      record_.ended_early = ended.what();
      record_.ended_by = ended.by;
      progress_.run_ended_early(record_.ended_early);
    }
    save();
    return {record_, analysis_.comparison(record_)};
  }

 private:
  // Every row has a time, but with several metrics it may lack one of them.
  static ReadOptions runner_options(const AbOptions& options) {
    return options.metrics.size() == 1 ? ReadOptions{.metric = options.metrics.front()} : ReadOptions{};
  }

  static double timeout_s(const AbOptions& options) {
    return options.timeout_s > 0 ? options.timeout_s : 60 + 10 * options.process_s;
  }

  // Measures one iteration of each case, to plan the repetitions of a binary without a time budget.
  void calibrate() {
    iteration_s_.assign(record_.cases.size(), 0);
    plan_ = {.process_s = options_.process_s, .repetitions = 1, .min_time_s = 1e-6};
    if (runner_.binary(Side::base).takes_process_seconds) return;
    const PositionResults results = run_process({.look = 0, .block = 0, .position = 0}, all_cases());
    std::map<std::string, double> seconds;
    for (const std::string& file : results.files)  // reads times, whichever metric the run compares
      for (const Case& c : parse_process(read_result(options_.directory, file), file, {}).cases)
        if (c.failure.empty() && !c.repetitions.empty())
          seconds[c.raw_name] = c.repetitions.front().value * 1e-9;
    for (std::size_t i = 0; i < record_.cases.size(); ++i)
      iteration_s_[i] = seconds[record_.cases[i].base_raw];
    plan_ = plan_measuring(iteration_s_, options_.process_s);
  }

  void announce() {
    const double process_s = std::max(options_.process_s, 1.5 * plan_.repetitions * total(iteration_s_));
    progress_.run_begins(record_.cases.size(), options_.plan, process_s);
  }

  // A copy, because the rule replaces its own when it takes the results.
  void take_look(AbLook look) {
    const int number = static_cast<int>(record_.looks.size()) + 1;
    progress_.look_begins(number, look.last_block, look.cases.size());
    const MeasuringPlan first_plan = plan_;
    plan_ = scale_plan(first_plan, iteration_s_, iteration_s_of(look));
    std::vector<std::vector<BlockResults>> blocks(metrics_.size());
    for (int block = look.first_block; block < look.last_block; ++block) {
      for (auto& of_metric : blocks) of_metric.emplace_back();
      for (int position = 0; position < kPositions; ++position) {
        const Side side = is_head(block, position) ? Side::head : Side::base;
        std::vector<Process> results = by_metric(
            run_process({number, block + 1, position + 1, side}, look.cases), raw_names(look.cases, side));
        for (std::size_t m = 0; m < results.size(); ++m)
          blocks[m].back()[static_cast<std::size_t>(position)] = std::move(results[m]);
        progress_.process_done(number, block + 1, position + 1, analysis_.rule().decided());
      }
    }
    plan_ = first_plan;
    RecordedLook recorded{look.first_block, look.last_block, {}};
    for (std::size_t i : look.cases) recorded.cases.push_back(record_.cases[i].name);
    record_.looks.push_back(std::move(recorded));
    analysis_.take(std::move(blocks));
    record_.statistic = analysis_.statistic();
    progress_.look_decided(number, look.last_block, analysis_.rule().decided());
    save();
  }

  PositionResults run_process(const ProcessPlace& place, const std::vector<std::size_t>& cases) {
    std::map<std::string, std::size_t> by_raw_name;
    std::vector<std::string> names;  // in listing order, by which find_culprit() identifies a crashing case
    for (std::size_t i : cases)
      if (!dropped_.contains(i)) by_raw_name[raw_name(i, place.side)] = i;
    for (const std::string& raw : runner_.binary(place.side).names)
      if (by_raw_name.contains(raw)) names.push_back(raw);
    if (names.empty()) throw RunEnded("no case is left to run", record_.dropped.back().side);
    return runner_.run(place, names, plan_, [&](const std::string& raw, const std::string& cause) {
      drop(by_raw_name.at(raw), place.side, cause);
    });
  }

  // The results of a position as each metric has them. A single one is as the runner read it.
  std::vector<Process> by_metric(PositionResults results, const std::set<std::string>& requested) const {
    std::vector<std::vector<Process>> parts(metrics_.size());
    if (metrics_.size() == 1) {
      parts.front() = std::move(results.parts);
    } else {
      for (const std::string& file : results.files) {
        std::vector<Process> all = parse_process(read_result(options_.directory, file), file, {}, metrics_);
        for (std::size_t m = 0; m < all.size(); ++m) parts[m].push_back(std::move(all[m]));
      }
    }
    std::vector<Process> whole;
    for (auto& of_metric : parts) whole.push_back(merged_parts(std::move(of_metric), requested));
    return whole;
  }

  void drop(std::size_t index, Side side, const std::string& cause) {
    dropped_.insert(index);
    const int blocks = record_.looks.empty() ? 0 : record_.looks.back().last_block;
    record_.dropped.push_back({record_.cases[index].name, side, blocks, cause});
    analysis_.drop(record_.dropped.back());
    progress_.case_dropped(record_.cases[index].name, side, cause);
  }

  const std::string& raw_name(std::size_t index, Side side) const {
    return side == Side::base ? record_.cases[index].base_raw : record_.cases[index].head_raw;
  }
  std::set<std::string> raw_names(const std::vector<std::size_t>& cases, Side side) const {
    std::set<std::string> names;
    for (const std::size_t i : cases) names.insert(raw_name(i, side));
    return names;
  }
  std::vector<std::size_t> all_cases() const {
    std::vector<std::size_t> all(record_.cases.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }
  std::vector<double> iteration_s_of(const AbLook& look) const {
    std::vector<double> seconds;
    for (std::size_t i : look.cases)
      if (!dropped_.contains(i)) seconds.push_back(iteration_s_[i]);
    return seconds;
  }
  static double total(const std::vector<double>& seconds) {
    double sum = 0;
    for (double s : seconds) sum += s;
    return sum;
  }

  void save() {
    record_.rows = runner_.rows();
    write_file(options_.directory + "/run.json", format_run_record(record_));
  }

  const AbOptions& options_;
  RunRecord record_;
  AbAnalysis analysis_;
  std::vector<Metric> metrics_;
  ProcessRunner runner_;
  AbProgress progress_;
  std::vector<double> iteration_s_;  // [case], 0 if the binary plans its own samples
  MeasuringPlan plan_;
  std::set<std::size_t> dropped_;
};

// Interrupted while the binaries list their cases: there is none to report.
AbResult ended_before_it_began(const AbOptions& options, RunRecord record, const RunEnded& ended) {
  record.ended_early = ended.what();
  AbProgress(0).run_ended_early(record.ended_early);
  write_file(options.directory + "/run.json", format_run_record(record));
  Comparison comparison = AbAnalysis(record).comparison(record);
  return {std::move(record), std::move(comparison)};
}

}  // namespace

AbResult run_ab(const AbOptions& options, const std::atomic<bool>& interrupted) {
  RunRecord record;
  record.plan = options.plan;
  record.process_s = options.process_s;
  for (const Metric& metric : options.metrics) {
    const MetricPolicy* const own = options.policy.metric_policy(metric);
    const std::optional<bool> exact = own ? own->exact : std::nullopt;
    if (&metric == &options.metrics.front()) {
      record.metric = metric;
      record.exact = exact;
    } else {
      record.others.push_back({metric, exact});
    }
  }
  record.policy = options.run_policy;
  record.base_executable = options.base_shown;
  record.head_executable = options.head_shown;
  record.command = options.command;
  std::array<BenchBinary, 2> binaries;
  try {
    const double timeout_s =
        options.timeout_s > 0 ? std::min(options.timeout_s, kProbeTimeout_s) : kProbeTimeout_s;
    const auto probe = [&](const std::string& executable, bool may_be_empty) {
      return probe_binary(executable, options.arguments, timeout_s, interrupted, may_be_empty);
    };
    binaries = {probe(options.base_executable, true), probe(options.head_executable, false)};
  } catch (const RunEnded& ended) {
    return ended_before_it_began(options, std::move(record), ended);
  }
  record.base_is_empty = binaries[0].names.empty();
  match_binaries(record, binaries[0], binaries[1], options);
  require_cases(record, binaries, options);
  return AbDriver(options, std::move(record), std::move(binaries), interrupted).run();
}

}  // namespace warpgauge
