#include "compare/statistics/student.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Student, TailsAgreeWithScipy) {
  // scipy 1.17.1: stats.t.sf(2.5, 5), stats.t.sf(6.1, 11.4), stats.norm.sf(3.5)
  EXPECT_NEAR(student_upper(2.5, 5), 0.02724504967118813, 1e-13);
  EXPECT_NEAR(student_upper(6.1, 11.4) / 3.3228717878958326e-05, 1, 1e-10);
  EXPECT_NEAR(student_upper(3.5, kInfinity) / 0.00023262907903552502, 1, 1e-12);
  EXPECT_EQ(student_upper(kInfinity, 5), 0);
  EXPECT_EQ(student_upper(-kInfinity, 5), 1);
}

TEST(Student, QuantilesAgreeWithScipy) {
  // scipy 1.17.1: stats.t.isf(2.5e-5, 17.6), stats.t.ppf(.975, 5), stats.norm.ppf(.975)
  EXPECT_NEAR(student_upper_quantile(2.5e-5, 17.6), 5.3227402402066035, 1e-8);
  EXPECT_NEAR(student_quantile(0.975, 5), 2.5705818356363146, 1e-10);
  EXPECT_NEAR(student_quantile(0.975, kInfinity), 1.959963984540054, 1e-12);
}

TEST(Student, NonCentralityForPowerAgreesWithScipy) {
  // scipy 1.17.1: brentq(lambda d: stats.nct.sf(stats.t.isf(alpha, df), df, d) - .8, 0, ...)
  const struct {
    double df, alpha, noncentrality;
  } cases[] = {{11, 2.5e-5, 7.6741546608015785},
               {5, 0.05, 2.9045818671706765},
               {4, 0.01, 4.875371487677269},
               {30, 1e-4, 5.156285365915523}};
  for (const auto& one : cases)
    EXPECT_NEAR(
        noncentrality_for_power(student_upper_quantile(one.alpha, one.df), one.df, 0.8) / one.noncentrality,
        1, 1e-3);
  EXPECT_NEAR(noncentrality_for_power(3, kInfinity, 0.8), 3 + 0.8416212335729143, 1e-12);
}

}  // namespace
}  // namespace warpgauge
