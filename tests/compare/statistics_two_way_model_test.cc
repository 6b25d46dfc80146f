#include "compare/statistics/two_way_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace warpgauge {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// Blocks with values[unit][case] = g[unit] + change[case] + pattern. The pattern sums to zero over the units,
// and its median over the cases is zero, so that the fit is exact.
TwoWayData paired(const std::vector<double>& g, const std::vector<double>& changes) {
  TwoWayData data;
  data.cases = changes.size();
  data.head.assign(g.size(), true);
  for (std::size_t u = 0; u < g.size(); ++u)
    for (std::size_t c = 0; c < changes.size(); ++c) {
      const double wiggle = c % 2 == 0 ? 0 : (c % 4 == 1 ? 0.01 : -0.01);
      data.values.push_back(g[u] + changes[c] + (u % 2 == 0 ? wiggle : -wiggle));
    }
  return data;
}

TEST(TwoWayModel, MeanSquaresAgreeWithNist) {
  // NIST StRD, one-way ANOVA, AtmWtAg (two instruments, 24 replicates each): certified mean squares between
  // instruments 3.63834187500000E-09, within them 2.28155932971014E-10, 46 degrees of freedom.
  constexpr double kAgreeing = 107.8681;  // the leading digits, which test the summation
  const double tail[] = {568, 465, 572, 785, 446, 903, 526, 494, 616, 587, 519, 486, 419, 569, 508, 672,
                         385, 518, 662, 424, 360, 333, 610, 477, 79,  344, 513, 197, 604, 385, 642, 365,
                         151, 82,  517, 448, 198, 482, 334, 609, 101, 512, 469, 360, 254, 261, 450, 368};
  TwoWayData data;
  data.cases = 1;
  for (int i = 0; i < 48; ++i) {
    data.head.push_back(i >= 24);
    data.values.push_back(kAgreeing + 1e-7 * tail[i]);
  }
  const CaseFit fit = fit_two_way(data).cases[0];
  EXPECT_NEAR(fit.variance / 2.28155932971014e-10, 1, 1e-6);
  EXPECT_EQ(fit.df, 46);
  EXPECT_NEAR(fit.change * fit.change / fit.leverage / 3.63834187500000e-09, 1, 1e-6);
}

TEST(TwoWayModel, TheRandomEffectOfABlockIsSeparatedFromTheChange) {
  const std::vector<double> g = {0.02, -0.01, 0.03, -0.02, 0.01, -0.03};
  const std::vector<double> changes = {0, 0.03, -0.02, 0.1, 0, 0.05, 0};
  const TwoWayFit fit = fit_two_way(paired(g, changes));
  for (std::size_t c = 0; c < changes.size(); ++c) {
    EXPECT_NEAR(fit.cases[c].change, changes[c], 1e-12);
    EXPECT_NEAR(fit.cases[c].variance, c % 2 == 0 ? 0 : 6 * 1e-4 / (5 * (1 - 1.0 / 7)), 1e-12);
    EXPECT_NEAR(fit.cases[c].df, 5 * (1 - 1.0 / 7), 1e-12);
    EXPECT_NEAR(fit.cases[c].leverage, 1.0 / 6, 1e-12);
  }
  // Sum of squares .0028 over five degrees of freedom. The variances' median is zero, and so is its noise.
  EXPECT_NEAR(fit.shared_variance, 0.0028 / 5, 1e-12);
  EXPECT_EQ(fit.shared_df, 5);
}

TEST(TwoWayModel, WithFewerThanFiveCasesTheRandomEffectStaysInTheNoise) {
  const std::vector<double> g = {0.02, -0.01, 0.03, -0.02, 0.01, -0.03};
  const TwoWayFit fit = fit_two_way(paired(g, {0, 0, 0, 0}));
  EXPECT_EQ(fit.shared_variance, 0);
  EXPECT_NEAR(fit.cases[0].variance, 0.0028 / 5, 1e-12);
  EXPECT_EQ(fit.cases[0].df, 5);
}

TEST(TwoWayModel, CasesWithFewerBlocksAreCorrectedByTheEffectsOfThoseBlocks) {
  const std::vector<double> g = {0.02, 0.01, 0.03, -0.02, -0.01, -0.03};
  TwoWayData data = paired(g, {0, 0, 0, 0, 0, 0, 0.04});
  for (std::size_t u = 2; u < 6; ++u) data.values[u * 7 + 6] = kNoNumber;
  const TwoWayFit fit = fit_two_way(data);
  // In its two blocks the other cases were slower by .015 on average.
  EXPECT_NEAR(fit.cases[6].change, 0.04, 1e-12);
  EXPECT_EQ(fit.cases[6].units, 2);
  EXPECT_NEAR(fit.cases[6].leverage, 0.5, 1e-12);
}

TEST(TwoWayModel, TheMedianChangeOfControlsIsSubtracted) {
  const std::vector<double> g = {0.02, -0.01, 0.03, -0.02, 0.01, -0.03};
  const std::vector<double> changes = {0.05, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02};
  const std::vector<char> controls = {0, 0, 0, 0, 1, 1, 1}, too_few = {0, 0, 0, 0, 0, 1, 1};
  const TwoWayFit fit = fit_two_way(paired(g, changes), controls);
  EXPECT_NEAR(fit.cases[0].change, 0.03, 1e-12);
  EXPECT_NEAR(fit.cases[5].change, 0, 1e-12);
  EXPECT_LT(fit.shared_variance, 0.0028 / 5);
  EXPECT_NEAR(fit_two_way(paired(g, changes), too_few).cases[0].change, 0.05, 1e-12);
}

TEST(TwoWayModel, AbsentControlsDoNotCount) {
  const std::vector<double> g = {0.02, -0.01, 0.03, -0.02, 0.01, -0.03};
  TwoWayData data = paired(g, {0.05, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02});
  for (std::size_t u = 0; u < 6; ++u) data.values[u * 7 + 6] = kNoNumber;
  const std::vector<char> controls = {0, 0, 0, 0, 1, 1, 1};
  EXPECT_NEAR(fit_two_way(data, controls).cases[0].change, 0.05, 1e-12) << "two are too few";
}

TEST(TwoWayModel, UnpairedSidesHaveSeparateMeans) {
  TwoWayData data;
  data.cases = 6;
  const double g[] = {0.01, -0.01, 0.02, -0.03, 0.01};
  for (std::size_t u = 0; u < 5; ++u) {
    data.head.push_back(u >= 2);
    for (std::size_t c = 0; c < 6; ++c) data.values.push_back(g[u] + (u >= 2 ? 0.07 : 0));
  }
  const TwoWayFit fit = fit_two_way(data);
  EXPECT_NEAR(fit.cases[0].change, 0.07, 1e-12);
  EXPECT_NEAR(fit.cases[0].leverage, 1.0 / 2 + 1.0 / 3, 1e-12);
  EXPECT_EQ(fit.cases[0].units, 2);
  EXPECT_NEAR(fit.shared_variance, (2 * 1e-4 + 14e-4) / 3, 1e-12);
  EXPECT_EQ(fit.shared_df, 3);
}

}  // namespace
}  // namespace warpgauge
