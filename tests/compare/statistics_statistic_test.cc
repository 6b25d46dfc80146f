#include "compare/statistics/statistic.h"

#include <gtest/gtest.h>

#include <cmath>

namespace warpgauge {
namespace {

TEST(Statistic, QuantilesAgreeWithNumpy) {
  // numpy 2.4.6: np.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, .1, .25, .5, 1])
  const double values[] = {3, 1, 4, 1, 5, 9, 2, 6};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.1), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(median(values), 3.5);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 9);
}

TEST(Statistic, NamesAreParsed) {
  for (const Statistic statistic : kStatistics)
    EXPECT_EQ(parse_statistic(statistic_name(statistic)), statistic);
  EXPECT_STREQ(statistic_name(Statistic::q25), "q25");
  EXPECT_EQ(parse_statistic("q26"), std::nullopt);
}

TEST(Statistic, BothSidesAreCutToTheShortestProcess) {
  EXPECT_EQ(equal_length({{1, 2, 3}, {1, 2}}, {{1, 2, 3, 4}}), 2u);
  EXPECT_EQ(equal_length({{1, 2}, {}}, {{1}}), 0u);
  EXPECT_EQ(equal_length({}, {}), 0u);
  const double samples[] = {2, 3, 1};
  EXPECT_DOUBLE_EQ(process_number(samples, 2, Statistic::minimum), std::log(2.0));
}

TEST(Statistic, TheQuantileByWhichBaseAgreesWithBaseIsChosen) {
  // Minima agree, medians do not. The minima of the second case differ, but one case of three does not
  // decide.
  const std::vector<ProcessSamples> by_minimum = {
      {{1, 2, 3}, {1, 4, 5}}, {{1, 2, 3}, {2, 2, 3}}, {{5, 7, 9}, {5, 9, 11}}};
  EXPECT_EQ(choose_statistic(by_minimum), Statistic::minimum);
  const std::vector<ProcessSamples> by_median = {{{1, 3, 5}, {2, 3, 4}}, {{4, 6, 7}, {5, 6, 9}}};
  EXPECT_EQ(choose_statistic(by_median), Statistic::median);
}

TEST(Statistic, OnlyNeighboursAreCompared) {
  // A drift between blocks moves minimum and median alike; within a block only the minimum differs.
  const std::vector<ProcessSamples> drifting = {{{1, 2, 3}, {1.1, 2, 3}, {9, 10, 11}, {8.9, 10, 11}}};
  EXPECT_EQ(choose_statistic(drifting), Statistic::median);
}

TEST(Statistic, WithoutDataTheMedianIsChosen) {
  EXPECT_EQ(choose_statistic({}), Statistic::median);
  const std::vector<ProcessSamples> alone = {{{1, 2, 3}}};
  EXPECT_EQ(choose_statistic(alone), Statistic::median);
  const std::vector<ProcessSamples> empty = {{{}, {1}}};
  EXPECT_EQ(choose_statistic(empty), Statistic::median);
}

TEST(Statistic, CliffsDeltaCountsPairs) {
  const double low[] = {1, 2, 3}, high[] = {4, 5}, mixed[] = {2, 3, 3};
  EXPECT_DOUBLE_EQ(cliffs_delta(low, high), 1);
  EXPECT_DOUBLE_EQ(cliffs_delta(high, low), -1);
  // Of nine pairs mixed is greater in five, smaller in one.
  EXPECT_DOUBLE_EQ(cliffs_delta(low, mixed), 4.0 / 9);
  EXPECT_DOUBLE_EQ(cliffs_delta({}, low), 0);
  EXPECT_DOUBLE_EQ(cliffs_delta(low, {}), 0);
}

}  // namespace
}  // namespace warpgauge
