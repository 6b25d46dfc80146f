#include "compare/statistics/interval.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Interval, OfAMeanIsStudents) {
  // The variance of 1, 2 and 4 is 7 / 3; t(.975, 2) is 4.302653.
  const LogInterval mean = mean_interval(std::array{1.0, kNan, 2.0, 4.0}, 0.05);
  EXPECT_NEAR(mean.value, 7.0 / 3, 1e-12);
  EXPECT_NEAR(mean.half_width, 4.302653 * std::sqrt(7.0 / 3 / 3), 1e-6);
  EXPECT_DOUBLE_EQ(mean.low(), mean.value - mean.half_width);
  EXPECT_DOUBLE_EQ(mean.high(), mean.value + mean.half_width);
  EXPECT_FALSE(mean.assumed);
}

TEST(Interval, OfFewProcessesIsAssumed) {
  const LogInterval two = mean_interval(std::array{1.0, 1.0}, 0.05);
  EXPECT_TRUE(two.assumed);
  EXPECT_NEAR(two.half_width, 1.959964 * 0.05 / std::sqrt(2), 1e-6);
}

TEST(Interval, OfADifferenceIsWelchs) {
  // Welch-Satterthwaite, by hand: 3.58 degrees of freedom.
  const std::array a{1.0, 2.0, 4.0, 5.0, kNan, kNan, kNan}, b{kNan, kNan, kNan, kNan, 2.0, 2.5, 3.0};
  const LogInterval difference = difference_interval(a, b, 0.05);
  EXPECT_NEAR(difference.value, 0.5, 1e-12);
  const double se2 = (10.0 / 3) / 4 + 0.25 / 3;
  const double df = se2 * se2 / (std::pow((10.0 / 3) / 4, 2) / 3 + std::pow(0.25 / 3, 2) / 2);
  EXPECT_NEAR(df, 3.5767, 1e-3);
  EXPECT_GT(difference.half_width, 1.96 * std::sqrt(se2));
  EXPECT_LT(difference.half_width, 3.182446 * std::sqrt(se2)) << "t with 3 degrees of freedom";
}

TEST(Interval, OfOneSetOfProcessesIsPaired) {
  // The processes differ by far more than the kernels within one.
  const std::array a{1.0, 5.0, 9.0}, b{0.9, 4.9, 8.9};
  EXPECT_NEAR(difference_interval(a, b, 0.05).value, 0.1, 1e-12);
  EXPECT_LT(difference_interval(a, b, 0.05).half_width, 1e-9);
}

TEST(Interval, OfAMeanOverCasesHoldsForAnyCorrelation) {
  const LogInterval mean = mean_over_cases(std::array{LogInterval{1, 0.1, false}, LogInterval{3, 0.3, true}});
  EXPECT_DOUBLE_EQ(mean.value, 2);
  EXPECT_DOUBLE_EQ(mean.half_width, 0.2);
  EXPECT_TRUE(mean.assumed);
}

TEST(Interval, OverlapsIncludingItsEnds) {
  EXPECT_TRUE(are_apart({1, 0.1}, {1.3, 0.1}));
  EXPECT_TRUE(are_apart({1.3, 0.1}, {1, 0.1}));
  EXPECT_FALSE(are_apart({1, 0.25}, {1.5, 0.25}));
}

}  // namespace
}  // namespace warpgauge
