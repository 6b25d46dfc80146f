#include "bench/schedule.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace warpgauge::bench {
namespace {

TEST(Schedule, FillsTheAvailableTime) {
  const std::vector<Estimate> cases(20, {.sample_seconds = 0.005, .cv = 0.02});
  const Plan plan = make_plan(cases, 10, std::nullopt);
  EXPECT_EQ(plan.repetitions, 20);
  EXPECT_GT(plan.seconds, 7);
  EXPECT_LE(plan.seconds, 10);
}

// Half of the time is divided 1 : 4, half 1 : 1.
TEST(Schedule, NoisyCasesGetMoreSamples) {
  const std::vector<Estimate> cases{{.sample_seconds = 0.001, .cv = 0.01},
                                    {.sample_seconds = 0.001, .cv = 0.02}};
  const Plan plan = make_plan(cases, 1, 10);
  EXPECT_NEAR(static_cast<double>(plan.samples[1]) / plan.samples[0], (0.4 + 0.25) / (0.1 + 0.25), 0.1);
  const double error = 1.2533 * 0.02 / std::sqrt(plan.samples[1] * 10.0);
  EXPECT_NEAR(plan.relative_error, error, 0.1 * error);
  EXPECT_LT(plan.relative_error, kTargetRelativeError);
}

TEST(Schedule, AShortCaseGetsItsShareOfTheTime) {
  const std::vector<Estimate> cases{{.sample_seconds = 0.0005, .cv = 0.02},
                                    {.sample_seconds = 0.05, .cv = 0.02}};
  const Plan plan = make_plan(cases, 2, 20);
  EXPECT_GT(plan.samples[0] * plan.repetitions * 0.0005, 0.45);
  EXPECT_LE(plan.seconds, 2);
}

TEST(Schedule, TakesThreeRepetitionsOfOneSampleAtLeast) {
  const std::vector<Estimate> cases(4, {.sample_seconds = 3, .cv = 0.01});
  const Plan plan = make_plan(cases, 1, std::nullopt);
  EXPECT_EQ(plan.repetitions, 3);
  EXPECT_THAT(plan.samples, ::testing::Each(1));
  EXPECT_DOUBLE_EQ(plan.seconds, 36);
}

TEST(Schedule, UsesTheRequestedNumberOfRepetitions) {
  const std::vector<Estimate> cases(2, {.sample_seconds = 0.01, .cv = 0.01});
  EXPECT_EQ(make_plan(cases, 1, 1).repetitions, 1);
  EXPECT_EQ(make_plan(cases, 1, 50).repetitions, 50);
}

TEST(Schedule, AcceptsAnUnknownDeviationOrADurationOfZero) {
  const std::vector<Estimate> cases{{.sample_seconds = 0, .cv = 0}, {.sample_seconds = 1e-6, .cv = 5}};
  const Plan plan = make_plan(cases, 1, std::nullopt);
  for (int samples : plan.samples) {
    EXPECT_GE(samples, 1);
    EXPECT_LE(samples, 100);
  }
  EXPECT_TRUE(make_plan({}, 1, std::nullopt).samples.empty());
}

TEST(Schedule, EachRoundMeasuresEachCaseOnce) {
  for (int round = 0; round < 50; ++round) {
    std::vector<int> order = round_order(24, 7, round);
    std::sort(order.begin(), order.end());
    std::vector<int> expected(24);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(order, expected);
  }
}

TEST(Schedule, TheOrderDependsOnSeedAndRoundOnly) {
  EXPECT_EQ(round_order(24, 7, 3), round_order(24, 7, 3));
  EXPECT_NE(round_order(24, 7, 3), round_order(24, 7, 4));
  EXPECT_NE(round_order(24, 7, 3), round_order(24, 8, 3));
}

// Each case is first in 1/8 of the rounds. In 4,000 rounds the standard deviation is 21 (binomial); five of
// them are allowed.
TEST(Schedule, NoCaseIsPreferred) {
  std::vector<int> first(8);
  for (int round = 0; round < 4000; ++round) ++first[static_cast<std::size_t>(round_order(8, 1, round)[0])];
  for (int count : first) EXPECT_NEAR(count, 500, 105);
}

}  // namespace
}  // namespace warpgauge::bench
