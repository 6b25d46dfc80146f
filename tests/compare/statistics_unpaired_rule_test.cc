#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "compare/statistics/two_sample_rule.h"
#include "tests/compare/two_sample_test_support.h"

namespace warpgauge {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(UnpairedRule, OneFilePerSideDetectsTwiceTheTime) {
  for (const int cases : {1, 30, 200}) {
    const Outcome outcome = decide_unpaired(samples(cases, 1, 1, 2), {});
    EXPECT_EQ(outcome.decisions[0].decided, Decided::regression) << cases;
    EXPECT_TRUE(outcome.assumed);
  }
}

TEST(UnpairedRule, OnlyTheHalfWithTwiceTheTimeAreRegressions) {
  std::vector<TwoSampleCase> cases = samples(20, 1, 1, 2);
  for (std::size_t c = 1; c < 10; ++c) cases[c].head[0] += std::log(2);
  const Outcome outcome = decide_unpaired(cases, {});
  for (std::size_t c = 0; c < 20; ++c)
    EXPECT_EQ(outcome.decisions[c].decided, c < 10 ? Decided::regression : Decided::inconclusive);
}

TEST(UnpairedRule, OneFilePerSideProvesNoSmallChange) {
  const Outcome outcome = decide_unpaired(samples(30, 1, 1, 1.05), {});
  for (const Decision& decision : outcome.decisions) {
    EXPECT_EQ(decision.decided, Decided::inconclusive);
    // The deviation of a difference is 7.07 %. Holm's smallest level of 30, at half of 1 %: z = 3.59 + .84.
    EXPECT_NEAR(decision.mde, 1.01 * std::exp(0.05 * std::sqrt(2.0) * (3.5879 + 0.8416)) - 1, 0.002);
  }
  EXPECT_NEAR(outcome.mde, outcome.decisions[0].mde, 1e-9);
}

TEST(UnpairedRule, AnObservedDeviationAboveTheAssumedOneIsUsed) {
  // Two processes per side that differ by 60 % outweigh an assumed 1.5 %.
  std::vector<TwoSampleCase> cases = samples(10, 2, 2, 1);
  for (TwoSampleCase& one : cases) {
    one.base = {0, 0.5};
    one.head = {0.3, 0.7};
  }
  for (const Decision& decision : decide_unpaired(cases, {0.01, kAssumedGpuDeviation}).decisions)
    EXPECT_EQ(decision.decided, Decided::inconclusive);
}

TEST(UnpairedRule, WithThreeOrMoreProcessesPerSideNothingIsAssumed) {
  const Outcome outcome = decide_unpaired(samples(40, 8, 8, 1.05), {});
  EXPECT_EQ(outcome.decisions[0].decided, Decided::regression);
  EXPECT_EQ(outcome.decisions[0].units, 8);
  EXPECT_FALSE(outcome.assumed);
  int unchanged = 0;
  for (const Decision& decision : outcome.decisions) unchanged += decision.decided == Decided::unchanged;
  EXPECT_GE(unchanged, 37);
}

// The processes of several executables: each holds a part of the cases.
std::vector<TwoSampleCase> spread_over(std::vector<TwoSampleCase> cases, std::size_t executables) {
  for (std::size_t c = 0; c < cases.size(); ++c) {
    for (auto* side : {&cases[c].base, &cases[c].head}) {
      std::vector<double> all(side->size() * executables, kAbsent);
      for (std::size_t i = 0; i < side->size(); ++i) all[c % executables * side->size() + i] = (*side)[i];
      *side = all;
    }
  }
  return cases;
}

TEST(UnpairedRule, UnitsOfOtherExecutablesDoNotMakeACasesUnitsMore) {
  // One process per executable, with noise far above the assumed deviation.
  std::vector<TwoSampleCase> cases = samples(60, 1, 1, 1);
  for (TwoSampleCase& one : cases) one.head[0] *= 60;
  const std::vector<TwoSampleCase> suite = spread_over(cases, 5);
  const Outcome outcome = decide_unpaired(suite, {});
  EXPECT_TRUE(outcome.assumed);
  ASSERT_TRUE(outcome.scatter.has_value());
  EXPECT_EQ(outcome.scatter->cases, 60u);
  for (const Decision& decision : outcome.decisions) EXPECT_EQ(decision.decided, Decided::inconclusive);
}

TEST(UnpairedRule, ASuiteIsDecidedAsItsExecutablesAre) {
  const Outcome outcome = decide_unpaired(spread_over(samples(60, 6, 6, 1.1), 3), {});
  EXPECT_EQ(outcome.decisions[0].decided, Decided::regression);
  EXPECT_EQ(outcome.decisions[0].units, 6);
  for (std::size_t c = 1; c < 60; ++c) EXPECT_EQ(outcome.decisions[c].decided, Decided::unchanged) << c;
}

TEST(UnpairedRule, ALoneOutlierOfASuiteIsNotOneOfManyUnits) {
  // Three executables of eight processes: a slow process of head in one case is one of 8, and not of 24.
  std::vector<TwoSampleCase> cases = samples(60, 8, 8, 1);
  cases[0].head[3] += 0.7;
  const Outcome outcome = decide_unpaired(spread_over(cases, 3), {});
  EXPECT_NE(outcome.decisions[0].decided, Decided::unchanged);
  EXPECT_EQ(outcome.decisions[1].decided, Decided::unchanged);
}

TEST(UnpairedRule, AbsentProcessesAreNotCounted) {
  std::vector<TwoSampleCase> cases = samples(10, 4, 4, 1.1);
  cases[0].head[1] = cases[0].head[2] = kAbsent;
  const Outcome outcome = decide_unpaired(cases, {});
  EXPECT_EQ(outcome.decisions[0].units, 2);
  const auto width = [&](std::size_t c) {
    return outcome.decisions[c].log_ci_high - outcome.decisions[c].log_ci_low;
  };
  EXPECT_NEAR(width(0), 2 * 1.96 * 0.05 * std::sqrt(1.0 / 4 + 1.0 / 2), 0.001) << "by the assumed deviation";
  EXPECT_LT(width(1), 0.03) << "by the observed deviation";
}

TEST(UnpairedRule, InvalidInputsThrow) {
  std::vector<TwoSampleCase> cases = samples(2, 2, 2, 1);
  cases[1].base.pop_back();
  EXPECT_THROW(decide_unpaired(cases, {}), std::invalid_argument);
  cases = samples(2, 1, 1, 1);
  cases[1].head[0] = kAbsent;
  EXPECT_THROW(decide_unpaired(cases, {}), std::invalid_argument);
  cases = samples(2, 1, 1, 1);
  cases[1].base[0] = kAbsent;
  EXPECT_THROW(decide_unpaired(cases, {}), std::invalid_argument);
  cases = samples(2, 1, 2, 1);
  cases[1].head.pop_back();
  EXPECT_THROW(decide_unpaired(cases, {}), std::invalid_argument);
  EXPECT_THROW(decide_unpaired(samples(1, 1, 1, 1), {0, 0.05}), std::invalid_argument);
  EXPECT_THROW(decide_unpaired(samples(1, 1, 1, 1), {1, 0.05}), std::invalid_argument);
  EXPECT_THROW(decide_unpaired(samples(1, 1, 1, 1), {0.01, 0}), std::invalid_argument);
  EXPECT_TRUE(decide_unpaired(std::vector<TwoSampleCase>(), {}).decisions.empty());
}

TEST(UnpairedRule, AnOutlierProcessIsExcludedAndReported) {
  std::vector<TwoSampleCase> cases = samples(12, 8, 24, 1);
  for (TwoSampleCase& one : cases) one.head[1] += std::log(1.2);
  const Outcome outcome = decide_unpaired(cases, {});
  ASSERT_EQ(outcome.excluded.size(), 1u);
  EXPECT_EQ(outcome.excluded[0].numbers, std::vector<std::size_t>{2});
  EXPECT_EQ(outcome.excluded[0].side, Side::head);
  EXPECT_NEAR(std::exp(outcome.excluded[0].log_shift), 1.2, 0.01);
  for (const Decision& decision : outcome.decisions) EXPECT_EQ(decision.decided, Decided::unchanged);
  EXPECT_THAT(decide_unpaired(samples(12, 8, 24, 1), {}).excluded, IsEmpty());
}

// `units` processes of head, starting with the second, are 1.5 times slower in all cases.
std::vector<TwoSampleCase> slow_now_and_then(int base, int head, std::size_t units) {
  std::vector<TwoSampleCase> cases = samples(12, base, head, 1);
  for (TwoSampleCase& one : cases)
    for (std::size_t u = 1; u <= units; ++u) one.head[u] += std::log(1.5);
  return cases;
}

TEST(UnpairedRule, AHeadThatIsSlowNowAndThenIsNotUnchanged) {
  // If many are slow, they are not excluded but count as noise.
  for (const auto& [head, slow, withheld] : {std::tuple{8, 3U, false},
                                             {8, 2U, false},
                                             {6, 1U, false},
                                             {12, 3U, false},
                                             {8, 1U, true},
                                             {12, 1U, true},
                                             {12, 2U, true},
                                             {24, 2U, true},
                                             {24, 7U, true}}) {
    const Outcome outcome = decide_unpaired(slow_now_and_then(head, head, slow), {});
    for (const Decision& decision : outcome.decisions) {
      EXPECT_EQ(decision.decided, Decided::inconclusive) << slow << " of " << head;
      EXPECT_EQ(std::holds_alternative<DependsOnExclusion>(decision.why), withheld) << slow << " of " << head;
    }
    EXPECT_EQ(outcome.shared->decided, Decided::inconclusive);
    EXPECT_THAT(outcome.excluded, withheld ? SizeIs(1) : SizeIs(0));
  }
}

TEST(UnpairedRule, AVerdictThatDependsOnExclusionNamesTheUnits) {
  const Outcome two = decide_unpaired(slow_now_and_then(8, 12, 2), {});
  const auto* why = std::get_if<DependsOnExclusion>(&two.decisions[0].why);
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(why->otherwise, Decided::unchanged);
  EXPECT_NEAR(std::exp(why->log_ratio_with_excluded), 1.069, 0.002);
  ASSERT_EQ(why->excluded.size(), 1u);
  EXPECT_EQ(why->excluded[0].numbers, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(why->excluded[0].units, 12u);
}

// The mirror image: fast processes of base are excluded.
TEST(UnpairedRule, AFastBaseCountsLikeASlowHead) {
  std::vector<TwoSampleCase> cases = samples(12, 12, 12, 1);
  for (TwoSampleCase& one : cases) one.base[4] -= std::log(1.5), one.base[7] -= std::log(1.5);
  const Outcome base = decide_unpaired(cases, {});
  for (const Decision& decision : base.decisions)
    EXPECT_TRUE(std::holds_alternative<DependsOnExclusion>(decision.why));
  ASSERT_EQ(base.excluded.size(), 1u);
  EXPECT_EQ(base.excluded[0].side, Side::base);
  EXPECT_FALSE(base.excluded[0].slower);
  for (TwoSampleCase& one : cases) one.head[2] += std::log(1.5);
  const Outcome both = decide_unpaired(cases, {});
  const auto* why = std::get_if<DependsOnExclusion>(&both.decisions[0].why);
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(why->excluded.size(), 2u);
}

TEST(UnpairedRule, OutliersOnBothSidesAreAttributedToTheMachine) {
  std::vector<TwoSampleCase> cases = slow_now_and_then(12, 12, 2);
  for (TwoSampleCase& one : cases) one.base[4] += std::log(1.5), one.base[7] += std::log(1.5);
  const Outcome outcome = decide_unpaired(cases, {});
  EXPECT_EQ(outcome.excluded.size(), 2U);
  for (const Decision& decision : outcome.decisions) EXPECT_EQ(decision.decided, Decided::unchanged);
}

// Base has the fast speed more often, head the slow one. Excluding the rarer speed of each would leave 20 %.
TEST(UnpairedRule, IdenticalSidesWithTwoSpeedsAreInconclusive) {
  std::vector<TwoSampleCase> cases = samples(12, 8, 8, 1);
  for (TwoSampleCase& one : cases)
    for (const std::size_t u : {0, 1, 2, 3, 4}) {
      one.head[u] += std::log(1.2);
      if (u < 3) one.base[u] += std::log(1.2);
    }
  const Outcome outcome = decide_unpaired(cases, {});
  for (const Decision& decision : outcome.decisions) EXPECT_EQ(decision.decided, Decided::inconclusive);
  EXPECT_EQ(outcome.shared->decided, Decided::inconclusive);
}

TEST(UnpairedRule, SlowProcessesOfHeadDoNotHideLargeChanges) {
  const auto decided = [](double ratio) {
    std::vector<TwoSampleCase> cases = slow_now_and_then(12, 12, 2);
    for (TwoSampleCase& one : cases)
      for (double& number : one.head) number += std::log(ratio);
    return decide_unpaired(cases, {}).decisions[0];
  };
  EXPECT_EQ(decided(1.05).decided, Decided::regression);
  EXPECT_EQ(decided(0.7).decided, Decided::improvement);
  EXPECT_EQ(decided(0.95).decided, Decided::inconclusive);
  const Decision depends = decided(0.95);
  const auto* why = std::get_if<DependsOnExclusion>(&depends.why);
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(why->otherwise, Decided::improvement);
}

// One of 24 processes measured one case 50 times too slow, because it settled on a single iteration.
TEST(UnpairedRule, OneBadMeasurementOfACaseDoesNotHideItsRegression) {
  for (const auto& [units, factor] : {std::pair{24, 50.0}, {8, 2.0}, {8, 50.0}, {5, 2.0}}) {
    for (const bool of_head : {true, false}) {
      std::vector<TwoSampleCase> cases = samples(12, units, units, 1.11);
      (of_head ? cases[0].head : cases[0].base)[3] += std::log(factor);
      const Decision decision = decide_unpaired(cases, {}).decisions[0];
      EXPECT_EQ(decision.decided, Decided::regression) << units << (of_head ? " head" : " base");
      ASSERT_EQ(decision.own_excluded.size(), 1u);
      EXPECT_EQ(decision.own_excluded[0].numbers, std::vector<std::size_t>{4});
      EXPECT_EQ((of_head ? decision.own_places.head : decision.own_places.base), std::vector<std::size_t>{3});
      EXPECT_EQ(decision.units, units - 1);
    }
  }
}

// The same caution as for a process that is slow in all cases.
TEST(UnpairedRule, APassMustNotDependOnAnExcludedMeasurementOfOneCase) {
  for (const auto& [units, slow, expected] : {std::tuple{8, 1, Decided::inconclusive},
                                              {24, 2, Decided::inconclusive},
                                              {24, 1, Decided::unchanged}}) {
    std::vector<TwoSampleCase> cases = samples(12, units, units, 1);
    for (int u = 0; u < slow; ++u) cases[4].head[static_cast<std::size_t>(u)] += std::log(2);
    const Outcome outcome = decide_unpaired(cases, {});
    EXPECT_EQ(outcome.decisions[4].decided, expected) << units << " " << slow;
    EXPECT_EQ(std::holds_alternative<DependsOnExclusion>(outcome.decisions[4].why),
              expected == Decided::inconclusive);
    EXPECT_EQ(outcome.decisions[5].decided, Decided::unchanged) << "the other cases count all processes";
    EXPECT_TRUE(outcome.excluded.empty());
  }
}

// Base has a fast case with one slow process, head a slow one with one fast process: both draw from two
// speeds.
TEST(UnpairedRule, ACaseWithTwoSpeedsKeepsBoth) {
  for (const int units : {5, 6, 7}) {
    std::vector<TwoSampleCase> cases = samples(12, units, units, 1);
    cases[0].base[0] += std::log(1.75);
    for (int u = 1; u < units; ++u) cases[0].head[static_cast<std::size_t>(u)] += std::log(1.75);
    const Decision decision = decide_unpaired(cases, {}).decisions[0];
    EXPECT_TRUE(decision.own_excluded.empty()) << units;
    EXPECT_EQ(decision.decided, Decided::inconclusive) << units;
  }
}

// 200 cases of one pair of files: 5 % is assumed, but single cases are off by up to 60 %.
std::vector<TwoSampleCase> disturbed_pair() {
  std::vector<TwoSampleCase> cases = samples(200, 1, 1, 1);
  std::mt19937_64 random(3);
  std::student_t_distribution<double> heavy(4);
  for (TwoSampleCase& one : cases) one.head[0] += 0.06 * heavy(random);
  cases[7].head[0] = cases[7].base[0] + 0.45;
  return cases;
}

TEST(UnpairedRule, OneFilePerSideIsJudgedByTheScatterOverTheCases) {
  std::vector<TwoSampleCase> cases = disturbed_pair();
  const Outcome outcome = decide_unpaired(cases, {});
  for (const Decision& decision : outcome.decisions) EXPECT_NE(decision.decided, Decided::regression);
  ASSERT_TRUE(outcome.scatter.has_value());
  EXPECT_TRUE(outcome.scatter->tails);
  EXPECT_EQ(outcome.scatter->cases, 200u);
  EXPECT_GT(outcome.mde_with_more, 0.1);
  EXPECT_LT(outcome.mde_with_more, outcome.mde / 2) << "five files per side would show more";
  cases[9].head[0] = cases[9].base[0] + std::log(2.2);
  EXPECT_EQ(decide_unpaired(cases, {}).decisions[9].decided, Decided::regression);
  EXPECT_FALSE(decide_unpaired(samples(200, 1, 1, 1), {}).scatter.has_value());
}

TEST(UnpairedRule, NoiseThatTheResultsStateIsAdded) {
  // 4.00 -> 4.52 us with 14 % over 10 samples each.
  std::vector<TwoSampleCase> cases(1);
  cases[0].base = {std::log(4.00)};
  cases[0].head = {std::log(4.52)};
  const TwoSampleOptions gpu{0.01, kAssumedGpuDeviation};
  EXPECT_EQ(decide_unpaired(cases, gpu).decisions[0].decided, Decided::regression);
  cases[0].stated = {0.14 * 0.14 / 10, 18};
  const Decision decision = decide_unpaired(cases, gpu).decisions[0];
  EXPECT_EQ(decision.decided, Decided::inconclusive);
  // The variance of one side is .015^2 + .14^2 / 10.
  EXPECT_NEAR((decision.log_ci_high - decision.log_ci_low) / 2,
              2.09 * std::sqrt(2 * (0.015 * 0.015 + 0.00196)), 0.005);
}

TEST(UnpairedRule, CasesThatChangeTogetherAreUniform) {
  const auto shifted = [](double log_shift, double noise) {
    std::vector<TwoSampleCase> cases = samples(30, 1, 1, 1);
    for (std::size_t c = 0; c < cases.size(); ++c)
      cases[c].head[0] += log_shift + noise * (c % 3 == 0 ? 1 : c % 3 == 1 ? -1 : 0.1);
    return decide_unpaired(cases, {}).shared->is_uniform;
  };
  EXPECT_TRUE(shifted(std::log(1.2), 0));
  EXPECT_TRUE(shifted(-std::log(1.2), 0.03));
  EXPECT_TRUE(shifted(std::log(1.2), 0.08)) << "noise of 8 %";
  EXPECT_FALSE(shifted(std::log(1.2), 0.2)) << "each case changed differently";
  EXPECT_FALSE(shifted(0, 0));
}

}  // namespace
}  // namespace warpgauge
