#include "bench/sample_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/quantile.h"

namespace warpgauge::bench {

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
