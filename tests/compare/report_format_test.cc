#include "compare/report/format.h"

#include <gtest/gtest.h>

#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

TEST(FormatCounts, SaysWhatIsThereWorstFirst) {
  EXPECT_EQ(
      format_counts(make_comparison()),
      "1 regression, 1 failed, 1 missing, 1 inconclusive, 1 errored, 1 improvement, 1 new, 1 unchanged");
  EXPECT_EQ(format_counts({}), "no cases");
}

TEST(FormatVerdict, NamesTheMde) {
  EXPECT_TRUE(format_verdict(make_comparison()).starts_with("verdict: regression: 1 regression"));
  EXPECT_TRUE(format_verdict(make_comparison()).ends_with("; minimum detectable effect (MDE) 2.5 %"));
}

TEST(FormatVerdict, HasNoDigitsOfAnMdeThatIsNoise) {
  Comparison comparison = make_comparison();
  comparison.mde = 1.8e4;
  EXPECT_TRUE(format_verdict(comparison).ends_with("; minimum detectable effect (MDE) more than 100 %"));
  comparison.mde.reset();
  EXPECT_TRUE(format_verdict(comparison).ends_with("1 unchanged"));
}

TEST(FormatVerdict, PutsTheMdeFirstIfTheDeviationWasAssumed) {
  Comparison comparison = make_comparison();
  comparison.assumed_deviation = 0.05;
  EXPECT_TRUE(
      format_verdict(comparison)
          .starts_with(
              "minimum detectable effect (MDE) 2.5 % (assumed deviation between processes: 5 %); verdict: "));
}

}  // namespace
}  // namespace warpgauge
