// Statistics of the samples of one repetition or one case.
#pragma once

#include <span>

namespace warpgauge::bench {

struct SampleStatistics {
  double mean = 0;
  double stddev = 0;  // n - 1 in the denominator; NaN for a single sample
  double p50 = 0;     // quantiles as in base/quantile.h
  double p95 = 0;
  double p99 = 0;
  double cv = 0;  // coefficient of variation, stddev / mean; NaN if not defined
};

// Of at least one sample.
[[nodiscard]] SampleStatistics summarize(std::span<const double> samples);

}  // namespace warpgauge::bench
