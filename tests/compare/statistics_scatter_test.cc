#include "compare/statistics/scatter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kNormal = std::numeric_limits<double>::infinity();
constexpr double kLevel = 2.5e-5;  // of one of 200 cases

std::vector<double> normal(std::size_t count, double deviation = 1, double centre = 0) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(centre, deviation);
  std::vector<double> values(count);
  for (double& one : values) one = noise(random);
  return values;
}

TEST(Scatter, RobustDeviationIgnoresAFewValues) {
  // R's mad(c(1, 2, 3, 4, 5, 6, 1000)) = 2.9652
  EXPECT_NEAR(robust_deviation(std::vector<double>{1, 2, 3, 4, 5, 6, 1000}), 2.9652, 1e-4);
  EXPECT_EQ(robust_deviation(std::vector<double>{7}), 0);
}

TEST(Scatter, TheCentreIsWhereMostValuesAre) {
  EXPECT_NEAR(bulk_centre(normal(200, 0.1, 3)), 3, 0.2);
  // Two clusters: the one nearest to zero, though the other is a little tighter.
  std::vector<double> two;
  for (int i = 0; i < 10; ++i) two.insert(two.end(), {0.001 * i, 0.7 + 0.0008 * i});
  EXPECT_NEAR(bulk_centre(two), 0, 0.01);
  EXPECT_EQ(bulk_centre({}), 0);
}

TEST(Scatter, TheBulkIsHalfOfTheValues) {
  EXPECT_NEAR(bulk_deviation(normal(2000, 0.1)), 0.1, 0.01);
  std::vector<double> changed = normal(200, 0.1);
  for (std::size_t i = 0; i < 90; ++i) changed[i] += 5;
  EXPECT_LT(bulk_deviation(changed), 0.3) << "though nearly half of the cases changed";
}

TEST(Scatter, QuietCasesDoNotNarrowWhatIsExpected) {
  for (const Expected expected : {Expected::assumed, Expected::measured}) {
    const CaseScatter scatter = scatter_over_cases(normal(200, 0.2), expected, kNormal, kLevel);
    EXPECT_EQ(scatter.factor, 1);
    EXPECT_EQ(scatter.df, kNormal);
  }
}

TEST(Scatter, AnAssumptionThatTheTailsContradictIsReplacedByThem) {
  std::vector<double> changes = normal(200, 1);
  for (std::size_t i = 0; i < 20; ++i) changes[i] *= 4;
  const CaseScatter scatter = scatter_over_cases(changes, Expected::assumed, kNormal, kLevel);
  EXPECT_TRUE(scatter.tails);
  EXPECT_EQ(scatter.df, kTailDf);
  const double critical = scatter.factor * student_upper_quantile(kLevel, scatter.df);
  for (const double one : changes) EXPECT_LT(std::abs(one), critical);
}

TEST(Scatter, AMeasuredDeviationIsReplacedOnlyBeyondChance) {
  EXPECT_EQ(scatter_over_cases(normal(200, 1), Expected::measured, kNormal, kLevel).factor, 1);
  EXPECT_GT(scatter_over_cases(normal(200, 2), Expected::measured, kNormal, kLevel).factor, 1);
}

// Noise is as likely to make a case faster as slower. What only became slower has changed.
TEST(Scatter, CasesThatAllBecameSlowerAreNotTakenForTails) {
  std::vector<double> changes = normal(200, 0.3);
  for (std::size_t i = 0; i < 60; ++i) changes[i] = 10 + changes[i];
  const CaseScatter scatter = scatter_over_cases(changes, Expected::assumed, kNormal, kLevel);
  EXPECT_LT(scatter.factor * student_upper_quantile(kLevel, scatter.df), 8);
}

TEST(Scatter, FewCasesHaveNoTails) {
  std::vector<double> changes = normal(kTailCases - 1, 1);
  changes[0] = changes[1] = 30;
  changes[2] = changes[3] = -30;
  EXPECT_FALSE(scatter_over_cases(changes, Expected::assumed, kNormal, kLevel).tails);
  EXPECT_EQ(
      scatter_over_cases(std::vector<double>{-9, 9, 40, -30}, Expected::assumed, kNormal, kLevel).factor, 1)
      << "nor a bulk";
}

}  // namespace
}  // namespace warpgauge
