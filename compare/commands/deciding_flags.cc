#include "compare/commands/deciding_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/flag_value.h"
#include "compare/input/known_metrics.h"
#include "compare/input/limit.h"
#include "compare/input/metric.h"
#include "compare/input/threshold.h"

namespace warpgauge {
namespace {

constexpr const char* kHeading = "Deciding";

// A smaller deviation is none that a machine has, and becomes 0 to the statistics.
constexpr double kSmallestDeviation = 1e-6;

std::string percent(double fraction) {
  return fmt::format("{:g}%", 100 * fraction);
}

Better parse_better(const std::string& text) {
  static const std::array<std::string, 2> kNames{"higher", "lower"};
  return one_of(text, kNames, "a direction") == 0 ? Better::higher : Better::lower;
}

Statistic parse_statistic_name(const std::string& text) {
  std::vector<std::string> names;
  for (const Statistic statistic : kStatistics) names.emplace_back(statistic_name(statistic));
  return kStatistics[one_of(text, names, "a statistic")];
}

double parse_deviation(const std::string& text) {
  const double deviation = parse_threshold(text);
  if (deviation < kSmallestDeviation)
    throw bad_value(text, "is below the smallest plausible deviation", "give what you measured");
  return deviation;
}

double parse_margin(const std::string& text) {
  const double margin = parse_threshold(text);
  if (margin <= 0) throw bad_value(text, "is 0, so that no case could be unchanged", "try 1.5%");
  return margin;
}

// The names that flags give, else those of the policy, else real_time.
std::vector<std::string> chosen_names(const Deciding& deciding) {
  if (!deciding.metrics.empty()) return deciding.metrics;
  std::vector<std::string> names;
  for (const MetricPolicy& one : deciding.options.policy.metrics) names.push_back(one.metric.name);
  return names.empty() ? std::vector{Metric().name} : names;
}

// --better turns the direction of a single metric, and gives one to metrics that have none.
Metric chosen_metric(const std::string& name, const Deciding& deciding, bool single) {
  const MetricPolicy* const own = deciding.options.policy.metric_policy({name, Better::lower});
  if (single && deciding.better) return make_metric(name, deciding.better);
  if (own) return own->metric;
  return make_metric(name, known_metric(name).better ? std::nullopt : deciding.better);
}

void set_metrics(Deciding& deciding) {
  const std::vector<std::string> names = chosen_names(deciding);
  std::vector<Metric>& metrics = deciding.options.metrics;
  metrics.clear();
  for (const std::string& name : names) {
    if (std::ranges::find(metrics, name, &Metric::name) != metrics.end()) continue;  // given twice
    try {
      metrics.push_back(chosen_metric(name, deciding, names.size() == 1));
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("--metric: {}", error.what()));
    }
  }
}

// An absolute limit that no metric takes would silently not apply.
void check_absolute_limit(const GateOptions& options) {
  const std::optional<AbsoluteLimit>& limit = options.policy.overrides.absolute;
  if (!limit) return;
  const auto takes = [&](const Metric& metric) { return is_time(metric) == limit->is_time; };
  if (std::ranges::any_of(options.metrics, takes)) return;
  try {
    check_unit(*limit, options.metrics.front());
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("--fail-above: {}", error.what()));
  }
}

}  // namespace

void add_metric_flags(FlagTable& table, Deciding& deciding, MetricCount count) {
  const bool any = count == MetricCount::any;
  table.add_heading(kHeading);
  table.add({.name = "--metric",
             .value = "NAME",
             .help = std::string("Number to compare: real_time, cpu_time, or the name of a counter") +
                     (any ? "; may be given several times, then all are judged together" : ""),
             .default_shown = any ? "`metrics` of the policy, else real_time" : Metric().name,
             .take = appended_to(deciding.metrics),
             .repeatable = any});
  table.add({.name = "--better",
             .value = "higher|lower",
             .help = std::string("Direction in which a counter is better. Not needed for known ones: times, "
                                 "*_per_second, tflops, gbps, allocs_per_iter and others") +
                     (any ? "; with several metrics, for those that are not known" : ""),
             .take = parsed_into(deciding.better, parse_better)});
  table.add_rule([&deciding](const FlagTable&) { set_metrics(deciding); });
}

void add_sampling_flags(FlagTable& table, Deciding& deciding) {
  table.add_heading(kHeading);
  table.add({.name = "--statistic",
             .value = "NAME",
             .help = "Quantile of a process's samples to compare: min, q10, q25 or q50",
             .default_shown = "q25 on a CPU, q50 on a GPU",
             .take = parsed_into(deciding.options.statistic, parse_statistic_name)});
  table.add({.name = "--process-cv",
             .value = "SHARE",
             .help = "Assumed deviation between processes, used if there are too few to measure it",
             .default_shown = "5% on a CPU, 1.5% on a GPU",
             .take = parsed_into(deciding.options.process_cv, parse_deviation)});
}

void add_limit_flags(FlagTable& table, Deciding& deciding) {
  table.add_heading(kHeading);
  GateOptions& options = deciding.options;
  MarginChanges& overrides = options.policy.overrides;
  table.add({.name = "--policy",
             .value = "FILE",
             .help = "JSON file with metrics, and limits for single cases; flags override it",
             .take = parsed_into(options.policy, read_policy),  // before the flags that override it
             .echo = Echo::as_path});
  table.add({.name = "--fail-above",
             .value = "SHARE[,ABSOLUTE]",
             .help =
                 "A case is a regression if it is proved to be slower by more than this: 3% or 0.03. With "
                 "2%,30ns also by more than 30 ns; a counter takes a plain number",
             .default_shown = percent(Margins().fail_above),
             .take = [&overrides](const std::string& text) {
               const FailLimit limit = parse_fail_limit(text);
               overrides.fail_above = limit.relative;
               overrides.absolute = limit.absolute;
             }});
  table.add({.name = "--same-within",
             .value = "SHARE",
             .help = "A case is unchanged if it is proved to differ by less than this",
             .default_shown = percent(Margins().same_within),
             .take = parsed_into(overrides.same_within, parse_margin)});
  table.add({.name = "--alpha",
             .value = "SHARE",
             .help = "Family-wise false-positive rate: share of runs of identical binaries that may report a "
                     "regression in any case",
             .default_shown = fmt::format("{:g}", kAlpha),
             .take = parsed_into(options.policy.alpha, parse_level)});
  table.add({.name = "--strict",
             .help =
                 "An inconclusive case, or a minimum detectable effect above the policy's max_mde, makes the "
                 "run undecided (exit 4)",
             .take = truth_into(options.strict)});
  table.add({.name = "--allow-missing",
             .help = "A case of base that head lacks does not make the run undecided",
             .take = truth_into(options.allow_missing)});
  table.add({.name = "--allow-failed",
             .value = "RE",
             .help = "These cases may fail in head; that is a note",
             .take =
                 [&options](const std::string& text) {
                   (void)NameFilter(text);
                   options.policy.allow_failed.push_back(text);
                 },
             .repeatable = true});
  table.add_rule([&options](const FlagTable&) {
    check_absolute_limit(options);
    options.policy.overrides.apply_to(options.policy.defaults);
  });
}

void add_hardware_flag(FlagTable& table, Deciding& deciding) {
  table.add_heading(kHeading);
  table.add({.name = "--allow-hardware-mismatch",
             .help = "Compares base and head even if they were measured on different hardware",
             .take = truth_into(deciding.options.allow_hardware_mismatch)});
}

}  // namespace warpgauge
