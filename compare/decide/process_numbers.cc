#include "compare/decide/process_numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "compare/input/metric.h"

namespace warpgauge {
namespace {

constexpr std::size_t kEnoughForP95 = 20;  // with fewer, the 95th percentile is the maximum

bool has_samples(const std::vector<MeasuredCase>& side) {
  return std::all_of(side.begin(), side.end(), [](const MeasuredCase& one) {
    const auto& rows = one.measured->repetitions;
    return std::all_of(rows.begin(), rows.end(), [](const Repetition& row) { return !row.samples.empty(); });
  });
}

// How the samples of a case are taken.
struct SamplePlan {
  bool single_launches = false;
  Metric metric;
  NumberScale scale = NumberScale::log;
};

std::vector<double> samples_of(const Case& measured, const SamplePlan& plan) {
  std::vector<double> samples;
  for (const Repetition& row : measured.repetitions) {
    if (plan.single_launches) {
      samples.insert(samples.end(), row.samples.begin(), row.samples.end());
    } else {
      samples.push_back(row.value);
    }
  }
  if (plan.metric.better == Better::higher) {
    for (double& sample : samples) sample = plan.scale == NumberScale::log ? 1 / sample : -sample;
  }
  return samples;
}

// Without cases that have no row: an A/B run also lists cases that it did not measure.
std::vector<MeasuredCase> with_rows(std::vector<MeasuredCase> side) {
  std::erase_if(side, [](const MeasuredCase& one) { return one.measured->repetitions.empty(); });
  return side;
}

bool takes_single_launches(const CasePair& pair, const Metric& metric) {
  return metric.name == "real_time" && has_samples(pair.base) && has_samples(pair.head);
}

ProcessSamples samples_of(const std::vector<MeasuredCase>& side, const SamplePlan& plan) {
  ProcessSamples samples;
  for (const MeasuredCase& one : side) samples.push_back(samples_of(*one.measured, plan));
  return samples;
}

std::vector<double> flattened(const ProcessSamples& samples) {
  std::vector<double> all;
  for (const auto& process : samples) all.insert(all.end(), process.begin(), process.end());
  return all;
}

double variation(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (count - 1)) / mean;
}

SideSummary summary_of(const std::vector<double>& numbers, const std::vector<double>& all,
                       const NumberPlan& plan, NumberScale scale) {
  SideSummary summary;
  if (numbers.empty()) return summary;
  summary.value = value_of(numbers, {}, plan.metric, scale);
  summary.processes = static_cast<std::int64_t>(numbers.size());
  summary.samples = static_cast<std::int64_t>(all.size());
  if (is_time(plan.metric)) {
    summary.median_ns = median(all);
    if (all.size() >= kEnoughForP95) summary.p95_ns = quantile(all, 0.95);
  }
  if (all.size() > 1 && scale == NumberScale::log) summary.cv = variation(all);
  return summary;
}

double number_of(const std::vector<double>& samples, std::size_t length, Statistic statistic,
                 NumberScale scale) {
  if (length == 0) length = samples.size();
  if (scale == NumberScale::log) return process_number(samples, length, statistic);
  return quantile(std::span(samples).first(length), statistic_probability(statistic));
}

// `length` 0: all samples of each process.
SideNumbers side_numbers(const std::vector<MeasuredCase>& side, const ProcessSamples& samples,
                         std::size_t length, const ResultSet& results, const NumberPlan& plan,
                         NumberScale scale) {
  SideNumbers numbers;
  numbers.processes.assign(results.processes.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<double> known;
  for (std::size_t i = 0; i < side.size(); ++i) {
    known.push_back(number_of(samples[i], length, plan.statistic, scale));
    numbers.processes[static_cast<std::size_t>(side[i].process - results.processes.data())] = known.back();
  }
  const std::vector<double> all = flattened(samples);
  numbers.summary = summary_of(known, all, plan, scale);
  if (scale == NumberScale::difference && !all.empty()) {
    const auto [low, high] = std::ranges::minmax(all);
    numbers.range = {low, high};
  }
  return numbers;
}

}  // namespace

NumberScale scale_of(const CasePair& pair, const NumberPlan& plan) {
  const auto has_no_log = [](const MeasuredCase& one) {
    return std::ranges::any_of(one.measured->repetitions,
                               [](const Repetition& row) { return row.value <= 0; });
  };
  const bool by_difference =
      plan.exact || std::ranges::any_of(pair.base, has_no_log) || std::ranges::any_of(pair.head, has_no_log);
  return by_difference ? NumberScale::difference : NumberScale::log;
}

CaseNumbers numbers_of(const CasePair& pair, const ResultSet& base, const ResultSet& head,
                       const NumberPlan& plan) {
  return numbers_of(pair, base, head, plan, scale_of(pair, plan));
}

CaseNumbers numbers_of(const CasePair& pair, const ResultSet& base, const ResultSet& head,
                       const NumberPlan& wanted, NumberScale scale) {
  // An aggregate is the median of all samples. It can only be compared with another median of all samples.
  const bool aggregates = has_aggregates(pair);
  NumberPlan plan = wanted;
  if (aggregates) plan.statistic = Statistic::median;
  const SamplePlan samples{takes_single_launches(pair, plan.metric), plan.metric, scale};
  const std::vector<MeasuredCase> base_cases = with_rows(pair.base), head_cases = with_rows(pair.head);
  const ProcessSamples of_base = samples_of(base_cases, samples), of_head = samples_of(head_cases, samples);
  const std::size_t length = aggregates ? 0 : equal_length(of_base, of_head);
  CaseNumbers numbers{.base = side_numbers(base_cases, of_base, length, base, plan, scale),
                      .head = side_numbers(head_cases, of_head, length, head, plan, scale),
                      .cliffs_delta = {},
                      .samples_taken = length,
                      .scale = scale};
  if (!of_base.empty() && !of_head.empty()) {
    numbers.cliffs_delta = cliffs_delta(flattened(of_base), flattened(of_head));
  }
  return numbers;
}

bool has_aggregates(const CasePair& pair) {
  const auto is_aggregate = [](const MeasuredCase& one) { return one.measured->aggregate_only; };
  return std::ranges::any_of(pair.base, is_aggregate) || std::ranges::any_of(pair.head, is_aggregate);
}

std::optional<double> value_of(const std::vector<double>& processes, const std::vector<std::size_t>& excluded,
                               const Metric& metric, NumberScale scale) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    if (std::isnan(processes[i]) || std::ranges::find(excluded, i) != excluded.end()) continue;
    sum += processes[i];
    ++count;
  }
  if (count == 0) return std::nullopt;
  const double mean = (metric.better == Better::higher ? -sum : sum) / count;
  if (scale == NumberScale::log) return std::exp(mean);
  return mean == 0 ? 0 : mean;  // no -0
}

CasePair exclude_processes(CasePair pair, const ResultSet& base, const ResultSet& head,
                           const ExcludedPlaces& excluded) {
  const auto erase = [](std::vector<MeasuredCase>& side, const ResultSet& results,
                        const std::vector<std::size_t>& places) {
    std::erase_if(side, [&](const MeasuredCase& one) {
      const auto place = static_cast<std::size_t>(one.process - results.processes.data());
      return std::ranges::find(places, place) != places.end();
    });
  };
  erase(pair.base, base, excluded.base);
  erase(pair.head, head, excluded.head);
  return pair;
}

ProcessSamples base_samples(const CasePair& pair, const Metric& metric) {
  return samples_of(with_rows(pair.base), SamplePlan{takes_single_launches(pair, metric), metric});
}

}  // namespace warpgauge
