#include "compare/baseline/creep.h"

#include <algorithm>
#include <cmath>

#include "compare/statistics/holm.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

// A case's rounds, those that count: their places in the file and the logs of their numbers, larger is worse.
struct Rounds {
  std::vector<double> places, logs;
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

// p of the test that the line rises by no more than `allowed` from the oldest round to the latest.
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

std::vector<Creep> crept_cases(const Baseline& baseline,
                               const std::function<double(const std::string&)>& fail_above, double alpha) {
  std::vector<Creep> tested, crept;
  std::vector<double> p;
  for (const auto& [name, numbers] : baseline.cases) {
    const Rounds rounds = counting_rounds(baseline, name);
    if (rounds.logs.size() < kFewestCreepRounds) continue;
    tested.push_back({name, std::exp(rounds.logs.back() - rounds.logs.front()), rounds.logs.size()});
    p.push_back(line_test(rounds, std::log1p(fail_above(name))));
  }
  const std::vector<double> adjusted = holm_adjust(p);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    if (adjusted[i] <= alpha && tested[i].ratio > 1 + fail_above(tested[i].name)) crept.push_back(tested[i]);
  }
  std::stable_sort(crept.begin(), crept.end(),
                   [](const Creep& a, const Creep& b) { return a.ratio > b.ratio; });
  return crept;
}

}  // namespace warpgauge
