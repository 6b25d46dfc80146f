#include "compare/baseline/baseline.h"

#include <algorithm>
#include <cmath>

namespace warpgauge {
namespace {

double log_of(double value, const Metric& metric) {
  return metric.better == Better::higher ? -std::log(value) : std::log(value);
}

// A refused value is known to be noise once a later round counts: the case came back to its centre.
std::vector<StoredNumber> all_numbers(const Baseline& baseline, const std::string& name) {
  std::vector<StoredNumber> numbers;
  const auto& values = baseline.cases.at(name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i] || *values[i] <= 0) continue;
    const BaselineRound& round = baseline.rounds[i];
    const bool counting = counts(round, name);
    if (counting)
      for (StoredNumber& one : numbers) one.is_known = true;
    numbers.push_back(
        {log_of(*values[i], baseline.metric), counting, counting || round.state != RoundState::refused});
  }
  return numbers;
}

}  // namespace

bool counts(const BaselineRound& round, const std::string& name) {
  return round.state == RoundState::accepted && !std::ranges::binary_search(round.noise, name);
}

StoredSide side_of(const Baseline& baseline, const std::string& file) {
  const auto last = std::find_if(baseline.rounds.rbegin(), baseline.rounds.rend(),
                                 [](const auto& round) { return round.state == RoundState::accepted; });
  Process process;
  process.file = file;
  process.context.fingerprinted = true;
  process.context.identity = process.context.derived_identity = baseline.identity;
  process.context.state = last->environment;
  process.context.info = {{"commit", last->commit}, {"date", last->date}};
  StoredSide side{.results = {},
                  .metric = baseline.metric,
                  .statistic = statistic_of(baseline),
                  .numbers = {},
                  .values = {},
                  .history = {},
                  .failed = {last->failed.begin(), last->failed.end()},
                  .samples = last->samples};
  for (const auto& [name, values] : baseline.cases) {
    Case stored{.name = name, .raw_name = name, .repetitions = {}, .failure = {}, .skip_reason = {}};
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] && counts(baseline.rounds[i], name))
        stored.repetitions.push_back({.value = *values[i], .samples = {}});
    }
    if (stored.repetitions.empty()) continue;  // the case has values of other metrics only
    process.cases.push_back(std::move(stored));
    side.numbers.emplace(name, stored_numbers(baseline, name));
    side.values.emplace(name, stored_values(baseline, name));
    side.history.emplace(name, all_numbers(baseline, name));
  }
  side.results.processes.push_back(std::move(process));
  return side;
}

std::vector<double> stored_values(const Baseline& baseline, const std::string& name) {
  std::vector<double> counting;
  const auto& values = baseline.cases.at(name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const BaselineRound& round = baseline.rounds[i];
    if (round.state != RoundState::accepted) continue;
    counting.push_back(values[i] && counts(round, name) ? *values[i] : std::nan(""));
  }
  return counting;
}

std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name) {
  std::vector<double> numbers = stored_values(baseline, name);
  for (double& number : numbers) number = number > 0 ? log_of(number, baseline.metric) : std::nan("");
  return numbers;
}

bool select_metric(Baseline& baseline, const Metric& metric) {
  if (baseline.metric == metric) return true;
  const auto found = std::ranges::find(baseline.others, metric, &OtherMetric::metric);
  if (found == baseline.others.end()) return false;
  std::swap(found->metric, baseline.metric);
  std::swap(found->cases, baseline.cases);
  return true;
}

std::vector<StoredMetric> stored_metrics(const Baseline& baseline, const std::string& file,
                                         const std::vector<Metric>& metrics, std::vector<ResultSet> heads) {
  std::vector<StoredMetric> stored;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    Baseline one = baseline;
    if (!select_metric(one, metrics[m])) {
      one.metric = metrics[m];
      one.cases.clear();
    }
    stored.push_back({side_of(one, file), std::move(heads[m])});
  }
  return stored;
}

Metric only_metric(const Baseline& baseline, const AppliedPolicy& policy) {
  for (const OtherMetric& other : baseline.others)
    if (other.metric.name == policy.metric) return other.metric;
  return baseline.metric;
}

bool has_metric(const Baseline& baseline, const Metric& metric) {
  return baseline.metric == metric ||
         std::ranges::find(baseline.others, metric, &OtherMetric::metric) != baseline.others.end();
}

Statistic statistic_of(const Baseline& baseline) {
  return *parse_statistic(baseline.rounds.back().statistic);
}

}  // namespace warpgauge
