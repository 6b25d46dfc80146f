#include "bench/sample_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace warpgauge::bench {

double sorted_quantile(std::span<const double> ascending, double q) {
  const double position = q * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (position - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

SampleStatistics summarize(std::span<const double> samples) {
  std::vector<double> ascending(samples.begin(), samples.end());
  std::sort(ascending.begin(), ascending.end());
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<double>(samples.size());
  SampleStatistics s;
  s.mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
  double squares = 0;
  for (double sample : samples) squares += (sample - s.mean) * (sample - s.mean);
  s.stddev = samples.size() > 1 ? std::sqrt(squares / (count - 1)) : kNaN;
  s.cv = s.mean > 0 ? s.stddev / s.mean : kNaN;
  s.p50 = sorted_quantile(ascending, .5);
  s.p95 = sorted_quantile(ascending, .95);
  s.p99 = sorted_quantile(ascending, .99);
  return s;
}

}  // namespace warpgauge::bench
