#include "compare/statistics/judgement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "compare/statistics/evidence.h"

namespace warpgauge {
namespace {

constexpr std::size_t kCases = 8;

// A fit of `kCases` quiet cases after ten blocks, deviation .5 %, with the given changes of the first ones.
TwoWayFit fit_with(std::vector<double> changes, double shared_variance = 0) {
  TwoWayFit fit;
  changes.resize(kCases, 0.0);
  for (const double change : changes) fit.cases.push_back({change, 25e-6, 9, 0.1, 10});
  fit.shared_variance = shared_variance;
  fit.shared_df = 9;
  return fit;
}

std::vector<Verdict> judged(const TwoWayFit& fit,
                            const std::vector<Standing>& standing = std::vector<Standing>(kCases,
                                                                                          Standing::open)) {
  const std::vector<Margins> margins(kCases);
  return judge(estimate_effects(fit, variance_prior(fit), margins), margins, standing, {0.01, 0.05});
}

TEST(Judgement, TheSignIsThatOfTheChange) {
  const std::vector<Verdict> verdicts = judged(fit_with({0.03, -0.03}));
  EXPECT_EQ(verdicts[0].decided, Decided::regression);
  EXPECT_EQ(verdicts[1].decided, Decided::improvement);
  EXPECT_EQ(verdicts[2].decided, Decided::unchanged);
  EXPECT_LE(verdicts[0].p_adjusted, 0.01);
  EXPECT_GT(verdicts[1].p_adjusted, 0.99);
}

TEST(Judgement, ARestlessMachineHidesNoSingleCase) {
  // What blocks share varies by 2 %: the whole change of 3 % is not proved, the rest is.
  const std::vector<Verdict> verdicts = judged(fit_with({0.03}, 4e-4));
  EXPECT_EQ(verdicts[0].decided, Decided::regression);
  EXPECT_TRUE(verdicts[0].by_relative);
}

TEST(Judgement, ACommonSlowdownIsRedByTheWholeTest) {
  const std::vector<Verdict> verdicts = judged(fit_with(std::vector<double>(kCases, 0.03)));
  for (const Verdict& verdict : verdicts) {
    EXPECT_EQ(verdict.decided, Decided::regression);
    EXPECT_FALSE(verdict.by_relative);
  }
}

TEST(Judgement, WhereTheBulkChangedTheRestProvesNothing) {
  // Half got faster by 3 %: the other half must not look slower against the median.
  const std::vector<Verdict> verdicts = judged(fit_with({-0.03, -0.03, -0.03, -0.03}, 4e-4));
  for (std::size_t c = 4; c < kCases; ++c) EXPECT_NE(verdicts[c].decided, Decided::regression);
}

TEST(Judgement, ACaseThatOnlyLagsBehindIsNotARegression) {
  // All others got 3 % faster, this one did not change: worse than the rest, and yet not slower.
  std::vector<double> changes(kCases, -0.03);
  changes[0] = 0;
  EXPECT_NE(judged(fit_with(changes))[0].decided, Decided::regression);
}

TEST(Judgement, NorIsItWhenASlowMinuteLiftsItAboveTheMargin) {
  // The same, and what the blocks share lifted all cases by 2 %: only the rest test is sure, and wrong.
  std::vector<double> changes(kCases, -0.03 + 0.02);
  changes[0] = 0.02;
  EXPECT_NE(judged(fit_with(changes, 4e-4))[0].decided, Decided::regression);
}

TEST(Judgement, DecidedCasesStayInTheFamily) {
  // One test of eight: p of about .004 passes at .01 alone, and must not once seven others stand at p = 1.
  const std::vector<double> changes = {0.016};
  std::vector<Standing> standing(kCases, Standing::closed);
  standing[0] = Standing::open;
  const Verdict verdict = judged(fit_with(changes), standing)[0];
  EXPECT_GT(verdict.p_adjusted, verdict.p * 7.9);
  standing.assign(kCases, Standing::regression);
  standing[0] = Standing::open;
  EXPECT_NEAR(judged(fit_with(changes), standing)[0].p_adjusted, verdict.p, 1e-12);
}

TEST(Judgement, TostIsThatOfStatsmodels) {
  // statsmodels tost_clinic_paired_1 (test_tost.py, from R's equivalence package): difference .16467, se
  // .13575, 14 degrees of freedom, margin .6, p = .003166881489265175; scaled to our margins: log 1.015 / .6.
  const double scale = std::log1p(0.015) / 0.6;
  const double difference = 0.1646666666666667 * scale, deviation = 0.1357514067862445 * scale;
  Effects effects;
  effects.cases = {{{difference, deviation * deviation, 14}, {}}};
  const std::vector<Margins> margins(1);
  const std::vector<Standing> open(1, Standing::open);
  const double p = 0.003166881489265175;
  EXPECT_EQ(judge(effects, margins, open, {1e-9, p * 1.0001})[0].decided, Decided::unchanged);
  EXPECT_EQ(judge(effects, margins, open, {1e-9, p * 0.9999})[0].decided, Decided::inconclusive);
}

TEST(Judgement, DegreesOfFreedomAreWelchs) {
  // Two independent means with variances 4/10 and 9/15 over 9 and 14 degrees: Welch 1947's equation
  // gives 22.93 (t.test in R reports df for such summary data by the same formula).
  TwoWayFit fit = fit_with({});
  for (CaseFit& one : fit.cases) one = {0, 0.4, 9, 1, 10};
  fit.shared_variance = 0.6;
  fit.shared_df = 14;
  const Effects effects = estimate_effects(fit, VariancePrior{}, std::vector<Margins>(kCases));
  EXPECT_NEAR(effects.cases[0].absolute.df, 1 / (0.16 / 9 + 0.36 / 14), 1e-9);
  EXPECT_NEAR(effects.cases[0].absolute.variance, 1, 1e-12);
  EXPECT_EQ(effects.cases[0].relative.df, 9);
}

TEST(Judgement, AnAssumedDeviationIsAFloor) {
  const std::vector<Margins> margins(kCases);
  const TwoWayFit fit = fit_with({0.03});
  const double known = std::numeric_limits<double>::infinity();
  const std::vector<ModeratedVariance> high(kCases, {0.0025, known}), low(kCases, {1e-9, known});
  EXPECT_NEAR(estimate_effects(fit, {}, margins, high).cases[0].absolute.variance, 0.00025, 1e-12);
  EXPECT_TRUE(std::isinf(estimate_effects(fit, {}, margins, high).cases[0].absolute.df));
  const std::vector<ModeratedVariance> shown(kCases, {0.0025, 6});
  EXPECT_EQ(estimate_effects(fit, {}, margins, shown).cases[0].absolute.df, 6);
  EXPECT_NEAR(estimate_effects(fit, {}, margins, low).cases[0].absolute.variance, 25e-7, 1e-12);
}

TEST(Judgement, DegreesOfFreedomThatAreNotThereProveNothing) {
  Effects effects;
  for (const double change : {0.5, -0.5, 0.0})
    effects.cases.push_back({{change, 1e-12, 0}, {change, 1e-12, 0}});
  const std::vector<Margins> margins(3);
  for (const Verdict& verdict :
       judge(effects, margins, std::vector<Standing>(3, Standing::open), {0.01, 0.05}))
    EXPECT_EQ(verdict.decided, Decided::inconclusive);
}

TEST(Judgement, MarginsThatMakeNoSenseAreRefused) {
  EXPECT_THROW(check_margins({-0.01, 0.01, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, 1, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, -0.01, 0.015}), std::invalid_argument);
  EXPECT_THROW(check_margins({0.01, 0.01, 0}), std::invalid_argument);
  EXPECT_NO_THROW(check_margins({}));
}

TEST(Judgement, AnImprovementIsReadAsPeopleReadIt) {
  // "Faster by 5 %" is a ratio of .95.
  EXPECT_NEAR(log_improve({0.01, 0.05, 0.015}), std::log(0.95), 1e-15);
}

constexpr PlannedLevels kLevels{2.5e-5, 0.01, 0.0125};

// An undecided case of 6 units.
Decision undecided(
    const Effect& effect, bool bulk_unchanged = false, const PlannedLevels& levels = kLevels,
    const std::function<double(int)>& leverage = [](int extra) { return 1.0 / (6 + extra); }) {
  Evidence evidence;
  evidence.effect = effect;
  evidence.bulk_unchanged = bulk_unchanged;
  evidence.units = 6;
  evidence.levels = levels;
  return decision_of(evidence, leverage);
}

TEST(Evidence, TheMdeIsTheMarginPlusTheTestsReach) {
  // scipy 1.17.1: stats.t.isf(2.5e-5, 11) needs a non-centrality of 7.6741546608015785 for a power of .8.
  Effect effect;
  effect.absolute = effect.relative = {0, 1e-6, 11};
  EXPECT_NEAR(undecided(effect).mde, 1.01 * std::exp(1e-3 * 7.6741546608015785) - 1, 2e-5);
  effect.relative.variance = 25e-8;
  EXPECT_NEAR(undecided(effect, true).mde, 1.01 * std::exp(5e-4 * 7.6741546608015785) - 1, 2e-5);
  effect.absolute.df = effect.relative.df = 0.5;
  EXPECT_TRUE(std::isinf(undecided(effect, true).mde));
}

TEST(Evidence, SampleSizeFollowsTheDistanceToTheMargin) {
  Effect effect;
  effect.absolute = effect.relative = {0.02, 16e-6, 20};
  const int slower = undecided(effect).more_units;
  effect.absolute.value = 0;
  const int same = undecided(effect).more_units;
  effect.absolute.value = 0.0125;  // beyond one margin and inside the other: either needs many
  const int between = undecided(effect).more_units;
  EXPECT_GT(slower, same);
  EXPECT_GE(same, 1);
  EXPECT_GT(between, slower);
}

TEST(Evidence, TheQuieterRelativeTestNeedsFewerUnits) {
  Effect effect;
  effect.absolute = {0.02, 64e-6, 20};
  effect.relative = {0.02, 16e-6, 20};
  EXPECT_LT(undecided(effect, true).more_units, undecided(effect).more_units);
  // Unless the absolute test must reach the same level.
  EXPECT_EQ(undecided(effect, true, {2.5e-5, 2.5e-5, 0.0125}).more_units, undecided(effect).more_units);
}

TEST(Evidence, IfOneSideCannotGrowNoNumberMayHelp) {
  Effect effect;
  effect.absolute = {0.02, 1e-3, 20};
  EXPECT_EQ(undecided(effect, false, kLevels, [](int extra) { return 1 + 1.0 / (1 + extra); }).more_units, 0);
}

TEST(Evidence, EachVerdictHasItsReason) {
  Evidence evidence;
  evidence.effect.absolute = {0.05, 1e-6, 20};
  evidence.effect.relative = {0.04, 1e-6, 20};
  evidence.effect.with_excluded = 0.06;
  evidence.levels = kLevels;
  evidence.units = 6;
  const auto why = [&] { return decision_of(evidence, [](int) { return 1.0; }).why; };
  evidence.deviation_assumed = true;
  EXPECT_EQ(why(), DecisionWhy(NotProved{.deviation_assumed = true}));
  evidence.verdict.decided = Decided::regression;
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.01, {}}));
  evidence.verdict.by_relative = true;
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.01, 0.04}));
  evidence.margins.improve_above = 0.02;
  evidence.verdict = {.decided = Decided::improvement};
  EXPECT_EQ(why(), DecisionWhy(ChangeProved{0.02, {}}));
  evidence.verdict = {.decided = Decided::unchanged};
  EXPECT_EQ(why(), DecisionWhy(SameProved{0.015}));
  evidence.verdict = {.decided = Decided::inconclusive, .without_excluded = Decided::unchanged};
  evidence.against_head = {{Side::head, true, {4}, 8, 0.4}};
  EXPECT_EQ(why(), DecisionWhy(DependsOnExclusion{Decided::unchanged, 0.06, evidence.against_head}));
}

}  // namespace
}  // namespace warpgauge
