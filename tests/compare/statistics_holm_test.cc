#include "compare/statistics/holm.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(Holm, AgreesWithStatsmodelsAndR) {
  // statsmodels 0.15.0: multipletests([.01, .04, .03, .005, .2], method="holm"); R's p.adjust gives the same.
  const double p[] = {0.01, 0.04, 0.03, 0.005, 0.2}, adjusted[] = {0.04, 0.09, 0.09, 0.025, 0.2};
  const std::vector<double> ours = holm_adjust(p);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(ours[i], adjusted[i], 1e-15);
}

TEST(Holm, AgreesWithMulttest) {
  // statsmodels' res_multtest3, from R's multtest (statsmodels/stats/tests/test_multi.py): rawp and Holm.
  const double p[] = {0.001, 0.002, 0.003, 0.004, 0.005, 0.05, 0.06, 0.07, 0.08, 0.09};
  const double adjusted[] = {0.01, 0.018, 0.024, 0.028, 0.03, 0.25, 0.25, 0.25, 0.25, 0.25};
  const std::vector<double> ours = holm_adjust(p);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(ours[i], adjusted[i], 1e-15);
}

TEST(Holm, NeverExceedsOne) {
  const double p[] = {0.9, 0.8, 1};
  for (const double adjusted : holm_adjust(p)) EXPECT_EQ(adjusted, 1);
  EXPECT_TRUE(holm_adjust({}).empty());
}

}  // namespace
}  // namespace warpgauge
