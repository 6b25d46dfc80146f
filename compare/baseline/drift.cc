#include "compare/baseline/drift.h"

#include <algorithm>
#include <cmath>

#include "compare/baseline/bless.h"
#include "compare/decide/gate.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/holm.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

// The rounds that count for a case.
struct Rounds {
  std::vector<double> places;  // in the baseline
  std::vector<double> logs;    // of the numbers, larger is worse
};

Rounds counting_rounds(const Baseline& baseline, const std::string& name) {
  Rounds rounds;
  const std::vector<double> logs = stored_numbers(baseline, name);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (std::isnan(logs[i])) continue;
    rounds.places.push_back(static_cast<double>(i));
    rounds.logs.push_back(logs[i]);
  }
  return rounds;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// p of the hypothesis that the line rises by no more than `allowed` from the oldest round to the latest.
double line_test(const Rounds& rounds, double allowed) {
  const double middle = mean(rounds.places), level = mean(rounds.logs);
  double xx = 0, xy = 0, residual = 0;
  for (std::size_t i = 0; i < rounds.logs.size(); ++i) {
    xx += (rounds.places[i] - middle) * (rounds.places[i] - middle);
    xy += (rounds.places[i] - middle) * (rounds.logs[i] - level);
  }
  const double slope = xy / xx;
  for (std::size_t i = 0; i < rounds.logs.size(); ++i) {
    const double deviation = rounds.logs[i] - level - slope * (rounds.places[i] - middle);
    residual += deviation * deviation;
  }
  const double df = static_cast<double>(rounds.logs.size()) - 2;
  const double deviation = std::max(std::sqrt(residual / df), kLeastRoundDeviation);
  const double length = rounds.places.back() - rounds.places.front();
  return student_upper((slope * length - allowed) / (deviation * length / std::sqrt(xx)), df);
}

}  // namespace

std::vector<Drift> drifted_cases(const Baseline& baseline,
                                 const std::function<double(const std::string&)>& fail_above, double alpha) {
  std::vector<Drift> tested, drifted;
  std::vector<double> p;
  for (const auto& [name, numbers] : baseline.cases) {
    const Rounds rounds = counting_rounds(baseline, name);
    if (rounds.logs.size() < kFewestDriftRounds) continue;
    tested.push_back({name, {}, std::exp(rounds.logs.back() - rounds.logs.front()), rounds.logs.size()});
    p.push_back(line_test(rounds, std::log1p(fail_above(name))));
  }
  const std::vector<double> adjusted = holm_adjust(p);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    if (adjusted[i] <= alpha && tested[i].ratio > 1 + fail_above(tested[i].name))
      drifted.push_back(tested[i]);
  }
  std::stable_sort(drifted.begin(), drifted.end(),
                   [](const Drift& a, const Drift& b) { return a.ratio > b.ratio; });
  return drifted;
}

std::vector<Drift> drifted_cases_with(Baseline baseline, const std::optional<BaselineRound>& round,
                                      const Comparison& comparison, const Policy& policy) {
  if (round) add_round(baseline, *round, comparison);
  std::vector<AppliedMetric> metrics = comparison.policy.metrics;
  if (metrics.empty()) {
    const Metric metric = only_metric(baseline, comparison.policy);
    metrics.push_back({metric.name, metric.better, is_exact(metric, policy, {})});
  }
  const double alpha = policy.alpha.value_or(kAlpha) / static_cast<double>(metrics.size());
  std::vector<Drift> all;
  for (const AppliedMetric& one : metrics) {
    if (one.exact || !select_metric(baseline, {one.name, one.better})) continue;
    const auto fail_above = [&](const std::string& name) {
      const auto value = value_of(stored_numbers(baseline, name), {}, baseline.metric);
      return margins_at(policy.limits_of(name, baseline.metric, false), value.value_or(1), one.better)
          .fail_above;
    };
    for (Drift& drift : drifted_cases(baseline, fail_above, alpha)) {
      if (!comparison.policy.metrics.empty()) drift.metric = one.name;
      all.push_back(std::move(drift));
    }
  }
  return all;
}

note::Drift drift_note(std::span<const Drift> drifted) {
  const Drift& worst = drifted.front();
  return {std::ssize(drifted), worst.name, worst.ratio, static_cast<std::int64_t>(worst.rounds),
          worst.metric};
}

}  // namespace warpgauge
