// Statistics of one repetition's samples, or of all of a case's.
#pragma once

#include <span>

namespace warpgauge::bench {

struct SampleStatistics {
  double mean = 0;
  double stddev = 0;  // n - 1 in the denominator; NaN for a single sample
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double cv = 0;  // stddev / mean; NaN where that is not defined
};

// At least one sample. Quantiles interpolate between order statistics (type 7 of Hyndman and Fan 1996, as
// numpy does).
SampleStatistics summarize(std::span<const double> samples);

// The same quantile of samples in ascending order, q in [0, 1].
double sorted_quantile(std::span<const double> ascending, double q);

}  // namespace warpgauge::bench
