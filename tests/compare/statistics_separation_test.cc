#include "compare/statistics/separation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace warpgauge {
namespace {

using Values = std::vector<double>;

TEST(Separation, AGapFarAboveTheNoiseIsProved) {
  const Values base{0.001, 0.004, 0, 0.002, 0.003}, head{0.261, 0.264, 0.262, 0.263, 0.260};
  EXPECT_LT(separation_p(base, head, 0.01), 1e-6);
  EXPECT_EQ(separation_p(head, base, 0.01), 1) << "the other direction";
  EXPECT_EQ(separation_p(base, head, 0.3), 1) << "below the margin";
  // A gap of no width leaves the orders: 1 / C(10, 5).
  EXPECT_NEAR(separation_p(base, head, 0.2559999), 1.0 / 252, 1e-4);
}

TEST(Separation, TwoSpeedsOfACaseDoNotHideThatBothBecameSlower) {
  EXPECT_LT(separation_p(Values{0, 0.14, 0.001, 0.13, 0.002}, Values{0.26, 0.261, 0.39, 0.262, 0.263}, 0.01),
            2e-5);
  EXPECT_EQ(separation_p(Values{0, 0.56, 0, 0, 0.56}, Values{0.56, 0, 0.56, 0.56, 0.56}, 0.01), 1)
      << "the same two";
}

TEST(Separation, ALoneOutlierTakesNoPart) {
  const Values head{0.26, 0.261, 0.262, 0.263, 0.264};
  EXPECT_LT(separation_p(Values{0, 0.41, 0.001, 0.002, 0.003}, head, 0.01), 1e-5);
  EXPECT_EQ(separation_p(Values{0, 0.41, 0.405, 0.002, 0.003}, head, 0.01), 1) << "two alike are a speed";
  EXPECT_LT(separation_p(Values{0, 0.001, 0.002, 0.003, 0.004}, Values{-1, 0.261, 0.262, 0.263, 0.264}, 0.01),
            1e-5);
}

TEST(Separation, FewerThanFiveValuesPerSideProveNothing) {
  const Values four{0, 0.001, 0.002, 0.003}, five{1, 1.001, 1.002, 1.003, 1.004};
  EXPECT_EQ(separation_p(four, five, 0.01), 1);
  EXPECT_EQ(separation_p(Values{0, 0.001, 0.002, 0.003, std::nan("")}, five, 0.01), 1) << "one is absent";
}

TEST(Separation, TheProbabilityHoldsForNoiseOfManyKinds) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> exponential;
  std::student_t_distribution<double> heavy(2);
  constexpr int kRuns = 400'000;
  constexpr double kTestLevel = 3e-4;
  for (int kind = 0; kind < 3; ++kind) {
    int rejected = 0;
    for (int run = 0; run < kRuns; ++run) {
      Values sides[2] = {Values(5), Values(5)};
      for (Values& side : sides)
        for (double& one : side)
          one = kind == 0 ? normal(random) : kind == 1 ? exponential(random) : heavy(random);
      rejected += separation_p(sides[0], sides[1], 0) <= kTestLevel;
    }
    EXPECT_LT(rejected, 1.1 * kTestLevel * kRuns) << kind;
  }
}

}  // namespace
}  // namespace warpgauge
