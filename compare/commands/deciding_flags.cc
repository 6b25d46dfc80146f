#include "compare/commands/deciding_flags.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/flag_value.h"
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

}  // namespace

void add_metric_flags(FlagTable& table, Deciding& deciding) {
  table.add_heading(kHeading);
  table.add({.name = "--metric",
             .value = "NAME",
             .help = "Number to compare: real_time, cpu_time, or the name of a counter",
             .default_shown = Metric().name,
             .take = text_into(deciding.metric)});
  table.add({.name = "--better",
             .value = "higher|lower",
             .help = "Direction in which a counter is better. Not needed for these: times, "
                     "*_per_second, tflops, gbps, roofline_pct, correlation, */item_rate, */utilization",
             .take = parsed_into(deciding.better, parse_better)});
  table.add_rule([&deciding](const FlagTable&) {
    try {
      deciding.options.metric = make_metric(deciding.metric, deciding.better);
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("--metric: {}", error.what()));
    }
  });
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
             .help = "JSON file with limits for single cases; flags override it",
             .take = parsed_into(options.policy, read_policy),  // before the flags that override it
             .echo = Echo::as_path});
  table.add({.name = "--fail-above",
             .value = "SHARE",
             .help = "A case is a regression if it is proved to be slower by more than this: 3% or 0.03",
             .default_shown = percent(Margins().fail_above),
             .take = parsed_into(overrides.fail_above, parse_threshold)});
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
  table.add_rule(
      [&options](const FlagTable&) { options.policy.overrides.apply_to(options.policy.defaults); });
}

void add_hardware_flag(FlagTable& table, Deciding& deciding) {
  table.add_heading(kHeading);
  table.add({.name = "--allow-hardware-mismatch",
             .help = "Compares base and head even if they were measured on different hardware",
             .take = truth_into(deciding.options.allow_hardware_mismatch)});
}

}  // namespace warpgauge
