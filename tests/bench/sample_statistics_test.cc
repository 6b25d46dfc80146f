#include "bench/sample_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace warpgauge::bench {
namespace {

// numpy 2.2: mean, std(ddof=1), percentile(50, 95, 99) of this list.
TEST(SampleStatistics, AgreesWithNumpy) {
  const std::vector<double> samples{9, 1, 4, 4, 7, 2, 30, 5, 6, 3};
  const SampleStatistics s = summarize(samples);
  EXPECT_DOUBLE_EQ(s.mean, 7.1);
  EXPECT_NEAR(s.stddev, 8.385834616913346, 1e-12);
  EXPECT_DOUBLE_EQ(s.p50, 4.5);
  EXPECT_NEAR(s.p95, 20.55, 1e-12);
  EXPECT_NEAR(s.p99, 28.11, 1e-12);
  EXPECT_NEAR(s.cv, 8.385834616913346 / 7.1, 1e-12);
}

TEST(SampleStatistics, TheMedianIsNotTheMean) {
  const SampleStatistics s = summarize(std::vector<double>{1, 1, 1, 1, 96});
  EXPECT_EQ(s.p50, 1);
  EXPECT_EQ(s.mean, 20);
}

TEST(SampleStatistics, OneSampleHasNoStandardDeviation) {
  const SampleStatistics s = summarize(std::vector<double>{5});
  EXPECT_EQ(s.mean, 5);
  EXPECT_EQ(s.p50, 5);
  EXPECT_EQ(s.p99, 5);
  EXPECT_TRUE(std::isnan(s.stddev));
  EXPECT_TRUE(std::isnan(s.cv));
}

TEST(SampleStatistics, TimesOfZeroHaveNoCoefficientOfVariation) {
  EXPECT_TRUE(std::isnan(summarize(std::vector<double>{0, 0, 0}).cv));
}

}  // namespace
}  // namespace warpgauge::bench
