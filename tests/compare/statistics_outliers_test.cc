#include "compare/statistics/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Units whose cases all have the value g[unit]: blocks, or base units followed by head units.
TwoWayData units(const std::vector<double>& base, const std::vector<double>& head, std::size_t cases = 6) {
  TwoWayData data;
  data.cases = cases;
  for (const auto* side : {&base, &head})
    for (const double g : *side) {
      data.head.push_back(side == &head);
      data.values.insert(data.values.end(), cases, g);
    }
  return data;
}
TwoWayData blocks(const std::vector<double>& g, std::size_t cases = 6) {
  return units({}, g, cases);
}

// `count` units that hardly differ; the last `slow` of them are slower by `shift`.
std::vector<double> side(std::size_t count, std::size_t slow = 0, double shift = 0.2) {
  std::vector<double> g;
  for (std::size_t u = 0; u < count; ++u)
    g.push_back(0.001 * static_cast<double>(u % 3) + (u + slow >= count ? shift : 0));
  return g;
}

std::vector<std::size_t> excluded_of(const TwoWayData& data) {
  std::vector<std::size_t> places;
  for (const Outlier& one : fit_two_way(data).excluded) places.push_back(one.unit);
  return places;
}

// What the excluded units would add to the first case's change.
double added(const TwoWayData& data, const std::vector<char>& controls = {}) {
  return fit_two_way(data, controls).cases[0].excluded_change;
}

TEST(Outliers, AUnitFarOutsideIsExcluded) {
  const TwoWayFit fit = fit_two_way(blocks(side(8, 1)));
  ASSERT_EQ(fit.excluded.size(), 1U);
  EXPECT_EQ(fit.excluded[0].unit, 7U);
  EXPECT_NEAR(fit.excluded[0].shift, 0.2, 0.002);
  EXPECT_EQ(fit.cases[0].units, 7);
  EXPECT_LT(std::abs(fit.cases[0].change), 0.01);
  EXPECT_THAT(excluded_of(units(side(8, 1), side(8))), ElementsAre(7));
  EXPECT_THAT(excluded_of(units(side(8), side(8, 1, -0.2))), ElementsAre(15));
}

TEST(Outliers, NoMoreUnitsAreExcludedThanTwoSpeedsCouldProduce) {
  // P(at most 0, 1, 2 heads of n coins). For 8 coins and 1 head: .035, R's pbinom(1, 8, .5).
  for (const auto& [count, most] :
       {std::pair{1, 0}, {7, 0}, {8, 1}, {10, 1}, {11, 2}, {12, 2}, {16, 4}, {24, 7}})
    EXPECT_EQ(most_excluded(static_cast<std::size_t>(count), false), static_cast<std::size_t>(most)) << count;
  // P(at least n - most, with probability 1/4 each). For 12 and 3: .0004, pbinom(8, 12, .25, lower.tail =
  // FALSE).
  for (const auto& [count, most] : {std::pair{1, 0}, {6, 0}, {7, 1}, {12, 3}, {24, 10}})
    EXPECT_EQ(most_excluded(static_cast<std::size_t>(count), true), static_cast<std::size_t>(most)) << count;

  EXPECT_THAT(excluded_of(blocks(side(6, 1))), IsEmpty());
  EXPECT_EQ(excluded_of(blocks(side(12, 3))).size(), 3U);
  EXPECT_THAT(excluded_of(blocks(side(12, 4))), IsEmpty());
  EXPECT_EQ(excluded_of(units(side(12, 2), side(12))).size(), 2U);
  EXPECT_THAT(excluded_of(units(side(12, 3), side(12))), IsEmpty());
}

// Otherwise one side would keep one of its speeds, and the other side the mean of both.
TEST(Outliers, IfOneSideHasTooManyOutliersNoUnitIsExcluded) {
  EXPECT_THAT(excluded_of(units(side(24, 7), side(24, 9))), IsEmpty());
  EXPECT_THAT(excluded_of(units(side(24, 7), side(24, 12))), IsEmpty());
  EXPECT_EQ(excluded_of(units(side(24, 7), side(24))).size(), 7U);
}

TEST(Outliers, SlowUnitsOfHeadWouldAddToTheChange) {
  EXPECT_EQ(added(blocks(side(8))), 0) << "nothing is excluded";
  EXPECT_NEAR(added(blocks(side(8, 1))), 0.2 / 8, 0.001);
  EXPECT_EQ(added(blocks(side(8, 1, -0.2))), 0) << "base was slow";
  // A single one of twelve is attributed to the machine. Two are not, unless base has as many.
  std::vector<double> twelve = side(24, 1);
  EXPECT_EQ(added(blocks(twelve)), 0);
  twelve[5] = 0.2;
  EXPECT_NEAR(added(blocks(twelve)), 0.4 / 24, 0.001);
  twelve[6] = twelve[7] = -0.2;
  EXPECT_NEAR(added(blocks(twelve)), 0, 0.001);
  twelve[6] = -5;
  twelve[7] = 0;
  EXPECT_NEAR(added(blocks(twelve)), 0.2 / 24, 0.001)
      << "base's outlier counts for no more than the mean of head's";
}

TEST(Outliers, WhatSlowUnitsWouldAddIsPerCaseAndLessThatOfControls) {
  TwoWayData data = blocks(side(8, 1), 7);
  for (std::size_t c = 4; c < 7; ++c) data.values[7 * 7 + c] -= 0.2;  // three cases were not slow in it
  const TwoWayFit fit = fit_two_way(data);
  EXPECT_NEAR(fit.cases[0].excluded_change, 0.2 / 8, 0.005);
  EXPECT_NEAR(fit.cases[4].excluded_change, 0, 0.005);
  EXPECT_NEAR(added(data, {0, 0, 0, 0, 1, 1, 1}), 0.2 / 8, 0.005);
  EXPECT_NEAR(added(data, {0, 1, 1, 1, 0, 0, 0}), 0, 0.005) << "the change cannot affect the controls";
}

TEST(Outliers, UnpairedUnitsCountByTheirShareOfTheSide) {
  // One of base's eight, two of head's sixteen.
  EXPECT_NEAR(added(units(side(8, 1, 0.3), side(16, 2, 0.3))), 0, 0.001);
  EXPECT_NEAR(added(units(side(8), side(16, 2, 0.3))), 0.6 / 16, 0.001);
}

TEST(Outliers, AFastBaseSpeaksAgainstHeadAndAFastHeadForIt) {
  EXPECT_NEAR(added(units(side(8, 1, -0.3), side(16))), 0.3 / 8, 0.001);
  EXPECT_NEAR(added(units(side(8, 1, -0.3), side(16, 2, 0.3))), 0.3 / 8 + 0.6 / 16, 0.001);
  EXPECT_NEAR(added(units(side(8, 1, -0.3), side(16, 2, -0.3))), 0, 0.001);
}

TEST(Outliers, ACaseThatWasFastInSlowUnitsAddsNothing) {
  TwoWayData data = units(side(24, 4), side(24, 2));
  for (const std::size_t u : {46, 47}) data.values[u * data.cases] = -0.3;
  EXPECT_EQ(added(data), 0);
}

}  // namespace
}  // namespace warpgauge
