// The rule for a stored baseline, and what it shares with the rule for unpaired processes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "compare/statistics/two_sample_rule.h"
#include "tests/compare/two_sample_test_support.h"

namespace warpgauge {
namespace {

TEST(BaselineRule, NewRoundsAreComparedWithThePredictionInterval) {
  const Outcome outcome = decide_against_baseline(samples(60, 10, 3, 1.04), {});
  EXPECT_EQ(outcome.decisions[0].decided, Decided::regression);
  // The new rounds' noise counts, too, not only the error of the stored mean.
  const Decision& other = outcome.decisions[1];
  const double half = (other.log_ci_high - other.log_ci_low) / 2;
  EXPECT_GT(half, 1.9 * 0.004 * std::sqrt(1.0 / 3 + 0.1) * 0.7);
  EXPECT_LT(half, 1.9 * 0.004 * std::sqrt(1.0 / 3 + 0.1) * 1.6);
}

TEST(BaselineRule, TheSpreadIsBetweenProcessesOfARound) {
  // Sums of squares 2 and .5 over 2 + 1 degrees of freedom; the empty round lacks the case.
  const std::vector<std::vector<double>> three = {{1, 2, 3}, {4, 5}, {}};
  const RoundSpread spread = round_spread(three);
  EXPECT_DOUBLE_EQ(spread.variance, 2.5 / 3);
  EXPECT_EQ(spread.df, 3);
  EXPECT_DOUBLE_EQ(spread.processes, 5.0 / 3);
  EXPECT_EQ(round_spread(std::vector<std::vector<double>>{{0.1}}).df, 0);
  EXPECT_EQ(round_spread({}).df, 0);
  EXPECT_EQ(round_spread({}).processes, 1);
}

TEST(BaselineRule, OneStoredRoundUsesTheAssumedDeviation) {
  const Outcome slower = decide_against_baseline(samples(20, 1, 1, 1.1), {});
  EXPECT_EQ(slower.decisions[0].decided, Decided::inconclusive);
  EXPECT_NEAR(slower.decisions[0].log_ci_high - slower.decisions[0].log_ci_low,
              2 * 1.96 * 0.05 * std::sqrt(2.0), 0.001);
  EXPECT_EQ(decide_against_baseline(samples(20, 2, 1, 2), {}).decisions[0].decided, Decided::regression);
}

TEST(BaselineRule, AnAcceptedCaseStartsANewBaseline) {
  std::vector<TwoSampleCase> cases = samples(20, 10, 3, 1.1);
  // Accepted as slower in the last two rounds: only those are its baseline.
  for (std::size_t i = 0; i < 10; ++i) cases[0].base[i] = i < 8 ? kAbsent : std::log(1.1);
  const Outcome outcome = decide_against_baseline(cases, {});
  EXPECT_NEAR(outcome.decisions[0].log_ratio, 0, 0.01);
  EXPECT_NE(outcome.decisions[0].decided, Decided::regression);
  EXPECT_EQ(outcome.decisions[0].units, 2);
}

// The tenth stored round is an outlier and is excluded. One case begins in it, another in the round before.
TEST(BaselineRule, AnOutlierRoundIsExcludedAndReported) {
  std::vector<TwoSampleCase> cases = samples(12, 10, 3, 1);
  for (TwoSampleCase& one : cases) one.base[9] += std::log(1.2);
  std::fill_n(cases[0].base.begin(), 9, kAbsent);
  std::fill_n(cases[1].base.begin(), 8, kAbsent);
  const Outcome outcome = decide_against_baseline(cases, {});
  ASSERT_EQ(outcome.excluded.size(), 1u);
  EXPECT_EQ(outcome.excluded[0].numbers, std::vector<std::size_t>{10});
  EXPECT_EQ(outcome.excluded[0].side, Side::base);
  EXPECT_EQ(outcome.excluded[0].units, 10u);
  EXPECT_TRUE(outcome.excluded[0].slower);

  const Decision& gone = outcome.decisions[0];
  EXPECT_EQ(gone.decided, Decided::inconclusive);
  EXPECT_EQ(gone.units, 0);
  EXPECT_EQ(gone.more_units, 0);
  EXPECT_EQ(gone.p_adjusted, 1);
  for (const double none : {gone.mde, gone.log_ci_high, -gone.log_ci_low})
    EXPECT_EQ(none, std::numeric_limits<double>::infinity());
  EXPECT_EQ(gone.why, DecisionWhy(AllExcluded{}));

  const Decision& one_left = outcome.decisions[1];
  EXPECT_EQ(one_left.units, 1);
  EXPECT_NEAR(one_left.log_ci_high - one_left.log_ci_low, 2 * 1.96 * 0.05 * std::sqrt(1 + 1.0 / 3), 0.001)
      << "by the assumed deviation";
  EXPECT_EQ(outcome.decisions[2].units, 3);
  EXPECT_NE(outcome.decisions[2].decided, Decided::regression);
}

// A busy machine: 40 % more time in half of the cases, while the round's own processes differ as much.
TEST(BaselineRule, ARoundWhoseProcessesDisagreeProvesNothing) {
  for (const int stored : {1, 10}) {
    std::vector<TwoSampleCase> calm = samples(30, stored, 1, 1.4);
    for (std::size_t c = 1; c < 15; ++c) calm[c].head[0] += std::log(1.4);
    std::vector<TwoSampleCase> busy = calm;
    for (TwoSampleCase& one : busy) one.spread = {.variance = 0.2, .df = 2, .processes = 3};
    EXPECT_EQ(decide_against_baseline(calm, {}).decisions[0].decided, Decided::regression) << stored;
    const Outcome outcome = decide_against_baseline(busy, {});
    for (const Decision& decision : outcome.decisions)
      EXPECT_EQ(decision.decided, Decided::inconclusive) << stored;
    EXPECT_GT(outcome.mde, 1) << stored;
  }
}

// Processes of one hour share its noise. More of them help only if the deviation between rounds was measured.
TEST(BaselineRule, TheSpreadIsDividedByTheNumberOfProcessesOnlyIfRoundsWereMeasured) {
  const auto half_width = [](int stored) {
    std::vector<TwoSampleCase> cases = samples(30, stored, 1, 1);
    for (TwoSampleCase& one : cases) one.spread = {.variance = 0.2, .df = 3, .processes = 4};
    const Decision decision = decide_against_baseline(cases, {}).decisions[1];
    return (decision.log_ci_high - decision.log_ci_low) / 2;
  };
  // Variances of v (1 + 1) and of v / 4 (1 / 10 + 1), with the same degrees of freedom.
  EXPECT_NEAR(half_width(1) / half_width(10), std::sqrt(2 / (1.1 / 4)), 1e-3);
}

TEST(BaselineRule, ASmallSpreadChangesNothing) {
  const std::vector<TwoSampleCase> plain = samples(30, 10, 3, 1.03);
  std::vector<TwoSampleCase> calm = plain;
  for (TwoSampleCase& one : calm) one.spread = {.variance = 1e-8, .df = 6, .processes = 3};
  const Outcome a = decide_against_baseline(plain, {}), b = decide_against_baseline(calm, {});
  for (std::size_t c = 0; c < plain.size(); ++c) EXPECT_EQ(a.decisions[c].p, b.decisions[c].p);
}

TEST(BaselineRule, ARoundIsTheMeanOfItsProcesses) {
  const double numbers[] = {0.1, 0.2, 0.6};
  EXPECT_NEAR(round_number(numbers), 0.3, 1e-15);
}

// More processes are measured on both sides, more rounds on one side only.
TEST(TwoSampleRules, MoreRoundsResolveLessThanMoreProcesses) {
  std::vector<TwoSampleCase> cases = samples(30, 4, 4, 1);
  for (TwoSampleCase& one : cases)
    for (auto* side : {&one.base, &one.head})
      for (double& number : *side) number *= 2;
  const Outcome unpaired = decide_unpaired(cases, {}), baseline = decide_against_baseline(cases, {});
  int resolvable = 0;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const int processes = unpaired.decisions[c].more_units, rounds = baseline.decisions[c].more_units;
    if (processes == 0) continue;
    ++resolvable;
    EXPECT_TRUE(rounds == 0 || rounds > processes) << processes << " processes, " << rounds << " rounds";
  }
  EXPECT_GE(resolvable, 5);
}

}  // namespace
}  // namespace warpgauge
