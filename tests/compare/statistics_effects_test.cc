#include "compare/statistics/effects.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace warpgauge {
namespace {

constexpr std::size_t kCases = 8;

TEST(Effects, TrigammaInverseAgreesWithLimma) {
  // limma's trigammaInverse(c(1e8, 5)) = 1e-4, 0.4961687 (published with InMoose, test_fitFDist.py).
  EXPECT_NEAR(trigamma_inverse(1e8), 1e-4, 1e-10);
  EXPECT_NEAR(trigamma_inverse(5), 0.4961687, 5e-8);
  // Abramowitz & Stegun 6.4.2, 6.4.4: trigamma(1) = pi^2 / 6, trigamma(1/2) = pi^2 / 2.
  EXPECT_NEAR(trigamma_inverse(M_PI * M_PI / 6), 1, 1e-11);
  EXPECT_NEAR(trigamma_inverse(M_PI * M_PI / 2), 0.5, 1e-11);
  EXPECT_NEAR(trigamma_inverse(1e-7), 1e7, 1);
}

TEST(Effects, ModeratedVariancesAgreeWithLimma) {
  // limma's squeezeVar(c(0.5, 1.3, 7.8), df = 3) (published with InMoose, tests/limma/test_squeezeVar.py).
  const std::vector<double> variances = {0.5, 1.3, 7.8}, dfs = {3, 3, 3};
  const VariancePrior prior = fit_variance_prior(variances, dfs);
  EXPECT_NEAR(prior.df, 2.830777, 1e-6);
  EXPECT_NEAR(prior.variance, 1.676927, 1e-6);
  const double squeezed[] = {1.071385, 1.482994, 4.827317};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(moderate(variances[i], 3, prior).variance, squeezed[i], 1e-6);
    EXPECT_NEAR(moderate(variances[i], 3, prior).df, 5.830777, 1e-6);
  }
}

TEST(Effects, DegreesOfFreedomAreCappedByThePooledOnes) {
  // Equal variances give a prior with infinite degrees of freedom. The cap is three variances of four degrees
  // each.
  const std::vector<double> variances = {2, 2, 2}, dfs = {4, 4, 4};
  const VariancePrior prior = fit_variance_prior(variances, dfs);
  EXPECT_TRUE(std::isinf(prior.df));
  EXPECT_EQ(moderate(2, 4, prior).df, 12);
  EXPECT_EQ(moderate(8, 4, prior).variance, prior.variance);
}

TEST(Effects, TheCapAppliesToAFinitePrior) {
  EXPECT_EQ(moderate(2, 4, {.variance = 1, .df = 30, .pooled_df = 12}).df, 12);
  EXPECT_EQ(moderate(2, 4, {.variance = 1, .df = 5, .pooled_df = 12}).df, 9);
}

TEST(Effects, AVarianceThatThePriorCannotExplainIsNotModerated) {
  // P(chi^2_23 > 41.638) = .01 (any table): a ratio of 1.8104.
  const VariancePrior sure{.variance = 2, .df = std::numeric_limits<double>::infinity(), .pooled_df = 55};
  EXPECT_EQ(moderate(2 * 1.80, 23, sure).variance, 2);
  EXPECT_EQ(moderate(2 * 1.82, 23, sure).variance, 2 * 1.82);
  EXPECT_EQ(moderate(2 * 1.82, 23, sure).df, 23);
  // P(F(5, 10) > 5.636) = .01.
  const VariancePrior unsure{.variance = 2, .df = 10, .pooled_df = 55};
  EXPECT_EQ(moderate(2 * 5.63, 5, unsure).df, 15);
  EXPECT_EQ(moderate(2 * 5.64, 5, unsure).df, 5);
  // A small variance is moderated. Without a prior none is.
  EXPECT_EQ(moderate(0.01, 23, sure).variance, 2);
  EXPECT_EQ(moderate(7, 4, {}).variance, 7);
}

TEST(Effects, WithoutPriorVariancesStay) {
  const std::vector<double> one = {2}, df = {4};
  const VariancePrior prior = fit_variance_prior(one, df);
  EXPECT_EQ(moderate(2, 4, prior).variance, 2);
  EXPECT_EQ(moderate(2, 4, prior).df, 4);
}

TEST(Effects, AVarianceOfZeroHasAFiniteLog) {
  const std::vector<double> variances = {0, 1, 1.5, 2}, dfs = {5, 5, 5, 5}, none = {0, 0, 0, 0};
  const VariancePrior prior = fit_variance_prior(variances, dfs);
  EXPECT_GT(prior.variance, 0);
  EXPECT_GT(prior.df, 0);
  EXPECT_TRUE(std::isfinite(fit_variance_prior(none, dfs).variance));
}

TEST(Effects, DegreesOfFreedomAgreeWithWelch) {
  // Two independent means with variances 4/10 and 9/15 over 9 and 14 degrees: Welch 1947's equation
  // gives 22.93 (t.test in R reports df for such summary data by the same formula).
  TwoWayFit fit;
  fit.cases.assign(kCases, {0, 0.4, 9, 1, 10});
  fit.shared_variance = 0.6;
  fit.shared_df = 14;
  const Effects effects = estimate_effects(fit, VariancePrior{}, std::vector<Margins>(kCases));
  EXPECT_NEAR(effects.cases[0].absolute.df, 1 / (0.16 / 9 + 0.36 / 14), 1e-9);
  EXPECT_NEAR(effects.cases[0].absolute.variance, 1, 1e-12);
  EXPECT_EQ(effects.cases[0].relative.df, 9);
}

TEST(Effects, AnAssumedDeviationIsAFloor) {
  const std::vector<Margins> margins(kCases);
  TwoWayFit fit;
  fit.cases.assign(kCases, {0, 25e-6, 9, 0.1, 10});
  fit.cases[0].change = 0.03;
  fit.shared_df = 9;
  const double known = std::numeric_limits<double>::infinity();
  const std::vector<ModeratedVariance> high(kCases, {0.0025, known}), low(kCases, {1e-9, known});
  EXPECT_NEAR(estimate_effects(fit, {}, margins, high).cases[0].absolute.variance, 0.00025, 1e-12);
  EXPECT_TRUE(std::isinf(estimate_effects(fit, {}, margins, high).cases[0].absolute.df));
  const std::vector<ModeratedVariance> shown(kCases, {0.0025, 6});
  EXPECT_EQ(estimate_effects(fit, {}, margins, shown).cases[0].absolute.df, 6);
  EXPECT_NEAR(estimate_effects(fit, {}, margins, low).cases[0].absolute.variance, 25e-7, 1e-12);
}

TEST(Effects, AFamilyHasASeparationTestIfOneOfItsMetricsHas) {
  Effects with, without;
  with.has_separation = true;
  with.test_share = 0.5;
  for (const std::vector<Effects>& metrics : {std::vector{with, without}, {without, with}}) {
    EXPECT_TRUE(one_family(metrics).has_separation);
    EXPECT_EQ(one_family(metrics).test_share, 0.5);
  }
}

}  // namespace
}  // namespace warpgauge
