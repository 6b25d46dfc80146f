#include "compare/statistics/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/effects.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kProbability = 0.975;

struct Mean {
  double value = 0;
  double variance = 0;  // of the mean
  double df = std::numeric_limits<double>::infinity();
  bool assumed = false;
};

Mean mean_of(std::span<const double> numbers, double assumed_variance) {
  std::vector<double> known;
  for (const double one : numbers)
    if (!std::isnan(one)) known.push_back(one);
  const auto n = static_cast<double>(known.size());
  Mean mean{.value = std::accumulate(known.begin(), known.end(), 0.0) / n};
  mean.assumed = known.size() < static_cast<std::size_t>(kFewestMeasuredUnits);
  if (mean.assumed) {
    mean.variance = assumed_variance / n;
    return mean;
  }
  double squares = 0;
  for (const double one : known) squares += (one - mean.value) * (one - mean.value);
  mean.df = n - 1;
  mean.variance = squares / mean.df / n;
  return mean;
}

LogInterval interval_of(const Mean& mean) {
  const double width =
      mean.variance > 0 ? student_quantile(kProbability, mean.df) * std::sqrt(mean.variance) : 0;
  return {mean.value, width, mean.assumed};
}

bool same_processes(std::span<const double> a, std::span<const double> b) {
  return std::ranges::equal(a, b, [](double x, double y) { return std::isnan(x) == std::isnan(y); });
}

}  // namespace

LogInterval mean_interval(std::span<const double> numbers, double assumed_deviation) {
  return interval_of(mean_of(numbers, assumed_deviation * assumed_deviation));
}

LogInterval difference_interval(std::span<const double> a, std::span<const double> b,
                                double assumed_deviation) {
  const double assumed = assumed_deviation * assumed_deviation;
  if (same_processes(a, b)) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
    return interval_of(mean_of(differences, 2 * assumed));
  }
  const Mean of_a = mean_of(a, assumed), of_b = mean_of(b, assumed);
  return interval_of({.value = of_a.value - of_b.value,
                      .variance = of_a.variance + of_b.variance,
                      .df = satterthwaite(of_a.variance, of_a.df, of_b.variance, of_b.df),
                      .assumed = of_a.assumed || of_b.assumed});
}

LogInterval mean_over_cases(std::span<const LogInterval> cases) {
  LogInterval mean;
  const auto n = static_cast<double>(cases.size());
  for (const LogInterval& one : cases) {
    mean.value += one.value / n;
    mean.half_width += one.half_width / n;
    mean.assumed |= one.assumed;
  }
  return mean;
}

bool are_apart(const LogInterval& a, const LogInterval& b) {
  return a.high() < b.low() || b.high() < a.low();
}

}  // namespace warpgauge
