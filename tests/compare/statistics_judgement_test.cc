#include "compare/statistics/judgement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace warpgauge {
namespace {

constexpr std::size_t kQuietCases = 8;

// A fit of `kQuietCases` quiet cases after ten blocks, deviation .5 %, with the given changes of the first
// ones.
TwoWayFit fit_with(std::vector<double> changes, double shared_variance = 0) {
  TwoWayFit fit;
  changes.resize(kQuietCases, 0.0);
  for (const double change : changes) fit.cases.push_back({change, 25e-6, 9, 0.1, 10});
  fit.shared_variance = shared_variance;
  fit.shared_df = 9;
  return fit;
}

std::vector<Verdict> judged(const TwoWayFit& fit,
                            const std::vector<Standing>& standing = std::vector<Standing>(kQuietCases,
                                                                                          Standing::open)) {
  Effects effects = estimate_effects(fit, variance_prior(fit), std::vector<Margins>(kQuietCases));
  for (std::size_t c = 0; c < kQuietCases; ++c) effects.cases[c].standing = standing[c];
  return judge(effects, {0.01, 0.05});
}

TEST(Judgement, TheVerdictHasTheSignOfTheChange) {
  const std::vector<Verdict> verdicts = judged(fit_with({0.03, -0.03}));
  EXPECT_EQ(verdicts[0].decided, Decided::regression);
  EXPECT_EQ(verdicts[1].decided, Decided::improvement);
  EXPECT_EQ(verdicts[2].decided, Decided::unchanged);
  EXPECT_LE(verdicts[0].p_adjusted, 0.01);
  EXPECT_GT(verdicts[1].p_adjusted, 0.99);
}

TEST(Judgement, TheRelativeTestFindsASingleCaseOnANoisyMachine) {
  // g varies by 2 %: the absolute test does not prove the change of 3 %, the relative test does.
  const std::vector<Verdict> verdicts = judged(fit_with({0.03}, 4e-4));
  EXPECT_EQ(verdicts[0].decided, Decided::regression);
  EXPECT_TRUE(verdicts[0].by_relative);
}

TEST(Judgement, TheAbsoluteTestFindsACommonSlowDown) {
  const std::vector<Verdict> verdicts = judged(fit_with(std::vector<double>(kQuietCases, 0.03)));
  for (const Verdict& verdict : verdicts) {
    EXPECT_EQ(verdict.decided, Decided::regression);
    EXPECT_FALSE(verdict.by_relative);
  }
}

TEST(Judgement, IfTheBulkChangedTheRelativeTestDoesNotApply) {
  // Half of the cases became faster by 3 %. The others must not be regressions against the median.
  const std::vector<Verdict> verdicts = judged(fit_with({-0.03, -0.03, -0.03, -0.03}, 4e-4));
  for (std::size_t c = 4; c < kQuietCases; ++c) EXPECT_NE(verdicts[c].decided, Decided::regression);
}

TEST(Judgement, AnUnchangedCaseAmongFasterOnesIsNotARegression) {
  // All others became 3 % faster, this one did not change. It is worse than the median, but not slower.
  std::vector<double> changes(kQuietCases, -0.03);
  changes[0] = 0;
  EXPECT_NE(judged(fit_with(changes))[0].decided, Decided::regression);
}

TEST(Judgement, NorIsItIfASlowMinuteLiftsItAboveTheMargin) {
  // As above, and g lifted all cases by 2 %. Only the relative test would reject, and be wrong.
  std::vector<double> changes(kQuietCases, -0.03 + 0.02);
  changes[0] = 0.02;
  EXPECT_NE(judged(fit_with(changes, 4e-4))[0].decided, Decided::regression);
}

TEST(Judgement, DecidedCasesStayInHolmsFamily) {
  // One test of eight. p is about .004: below .01 alone, but not with seven others at p = 1.
  const std::vector<double> changes = {0.016};
  std::vector<Standing> standing(kQuietCases, Standing::closed);
  standing[0] = Standing::open;
  const Verdict verdict = judged(fit_with(changes), standing)[0];
  EXPECT_GT(verdict.p_adjusted, verdict.p * 7.9);
  standing.assign(kQuietCases, Standing::regression);
  standing[0] = Standing::open;
  EXPECT_NEAR(judged(fit_with(changes), standing)[0].p_adjusted, verdict.p, 1e-12);
}

TEST(Judgement, TwoOneSidedTestsAgreeWithStatsmodels) {
  // statsmodels tost_clinic_paired_1 (test_tost.py, from R's equivalence package): difference .16467, se
  // .13575, 14 degrees of freedom, margin .6, p = .003166881489265175; scaled to our margins: log 1.015 / .6.
  const double scale = std::log1p(0.015) / 0.6;
  const double difference = 0.1646666666666667 * scale, deviation = 0.1357514067862445 * scale;
  Effects effects;
  effects.cases = {{{difference, deviation * deviation, 14}, {}}};
  const double p = 0.003166881489265175;
  EXPECT_EQ(judge(effects, {1e-9, p * 1.0001})[0].decided, Decided::unchanged);
  EXPECT_EQ(judge(effects, {1e-9, p * 0.9999})[0].decided, Decided::inconclusive);
}

TEST(Judgement, WithoutDegreesOfFreedomNothingIsProved) {
  Effects effects;
  for (const double change : {0.5, -0.5, 0.0})
    effects.cases.push_back({{change, 1e-12, 0}, {change, 1e-12, 0}});
  for (const Verdict& verdict : judge(effects, {0.01, 0.05}))
    EXPECT_EQ(verdict.decided, Decided::inconclusive);
}

TEST(Judgement, InvalidMarginsThrow) {
  EXPECT_THROW(check_margins({-0.01, 0.01, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, 1, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, -0.01, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, 0.01, 0}), std::invalid_argument);
  EXPECT_NO_THROW(check_margins({}));
}

TEST(Judgement, AnImprovementMarginIsAShareOfTheTime) {
  // "Faster by 5 %" is a ratio of .95.
  EXPECT_NEAR(log_improve({0.01, 0.05, 0.015}), std::log(0.95), 1e-15);
}

constexpr PlannedLevels kLevels{2.5e-5, 0.01, 0.0125};

// A case of 6 units that is not decided.
Decision undecided(
    Effect effect, bool bulk_unchanged = false, const PlannedLevels& levels = kLevels,
    const std::function<double(int)>& leverage = [](int extra) { return 1.0 / (6 + extra); }) {
  effect.relative_applies = bulk_unchanged;
  effect.units = 6;
  return decision_of(effect, {}, levels, leverage);
}

TEST(Decision, TheMdeIsTheMarginPlusTheDetectableDistance) {
  // scipy 1.17.1: stats.t.isf(2.5e-5, 11) needs a non-centrality of 7.6741546608015785 for a power of .8.
  Effect effect;
  effect.absolute = effect.relative = {0, 1e-6, 11};
  EXPECT_NEAR(undecided(effect).mde, 1.01 * std::exp(1e-3 * 7.6741546608015785) - 1, 2e-5);
  effect.relative.variance = 25e-8;
  EXPECT_NEAR(undecided(effect, true).mde, 1.01 * std::exp(5e-4 * 7.6741546608015785) - 1, 2e-5);
  effect.absolute.df = effect.relative.df = 0.5;
  EXPECT_TRUE(std::isinf(undecided(effect, true).mde));
}

TEST(Decision, SampleSizeFollowsTheDistanceToTheMargin) {
  Effect effect;
  effect.absolute = effect.relative = {0.02, 16e-6, 20};
  const int slower = undecided(effect).more_units;
  effect.absolute.value = 0;
  const int same = undecided(effect).more_units;
  effect.absolute.value = 0.0125;  // beyond one margin and inside the other: both tests need many units
  const int between = undecided(effect).more_units;
  EXPECT_GT(slower, same);
  EXPECT_GE(same, 1);
  EXPECT_GT(between, slower);
}

TEST(Decision, AMorePreciseRelativeTestNeedsFewerUnits) {
  Effect effect;
  effect.absolute = {0.02, 64e-6, 20};
  effect.relative = {0.02, 16e-6, 20};
  EXPECT_LT(undecided(effect, true).more_units, undecided(effect).more_units);
  // Unless the absolute test must reach the same level.
  EXPECT_EQ(undecided(effect, true, {2.5e-5, 2.5e-5, 0.0125}).more_units, undecided(effect).more_units);
}

TEST(Decision, IfOneSideIsFixedMoreUnitsMayNotResolveACase) {
  Effect effect;
  effect.absolute = {0.02, 1e-3, 20};
  EXPECT_EQ(undecided(effect, false, kLevels, [](int extra) { return 1 + 1.0 / (1 + extra); }).more_units, 0);
}

TEST(Decision, EachVerdictHasItsReason) {
  Effect effect;
  effect.absolute = {0.05, 1e-6, 20};
  effect.relative = {0.04, 1e-6, 20};
  effect.with_excluded = 0.06;
  effect.units = 6;
  Verdict verdict;
  const auto why = [&] { return decision_of(effect, verdict, kLevels, [](int) { return 1.0; }).why; };
  effect.deviation_assumed = true;
  EXPECT_EQ(why(), DecisionWhy(NotProved{.deviation_assumed = true}));
  verdict.decided = Decided::regression;
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.01, {}}));
  verdict.by_relative = true;
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.01, 0.04}));
  effect.margins.improve_above = 0.02;
  verdict = {.decided = Decided::improvement};
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.02, {}}));
  verdict = {.decided = Decided::unchanged};
  EXPECT_EQ(why(), DecisionWhy(SameProved{0.015}));
  verdict = {.decided = Decided::inconclusive, .without_excluded = Decided::unchanged};
  effect.against_head = {{Side::head, true, {4}, 8, 0.4}};
  EXPECT_EQ(why(), DecisionWhy(DependsOnExclusion{Decided::unchanged, 0.06, effect.against_head}));
}

}  // namespace
}  // namespace warpgauge
