#include "compare/statistics/reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const UnitWords kBlocks{"block", "blocks"};

Decision open(double mde, int more_blocks, int blocks = 6) {
  return {.decided = Decided::inconclusive,
          .log_ratio = std::log(1.02),
          .log_ci_low = std::log(0.99),
          .log_ci_high = std::log(1.05),
          .mde = mde,
          .blocks = blocks,
          .more_blocks = more_blocks,
          .reason = {}};
}

std::string reason(const Decision& decision, bool by_rest = false, const Effect& effect = {}) {
  return reason_for(decision, {}, effect, by_rest, kBlocks);
}

TEST(Reason, PercentHasTheDigitsThatMatter) {
  EXPECT_EQ(percent(0.031), "3.1 %");
  EXPECT_EQ(percent(0.31), "31 %");
  EXPECT_EQ(signed_percent(std::log(0.5)), "-50 %");
  EXPECT_EQ(signed_percent(std::log(21.0)), "+2000 %");
  EXPECT_EQ(signed_percent(10), ">+99999 %");
  EXPECT_EQ(signed_percent(std::numeric_limits<double>::infinity()), ">+99999 %");
}

TEST(Reason, WhatIsOpenSaysWhatWouldHaveBeenSeenAndWhatItTakes) {
  EXPECT_EQ(reason(open(0.04, 7)),
            "not decided: +2.0 % (95 %: -1.0 % to +5.0 %); 6 blocks could have shown a slow-down of 4.0 %, "
            "about 7 more would decide");
  EXPECT_THAT(
      reason(open(0.04, 0, 1)),
      EndsWith(
          "1 block could have shown a slow-down of 4.0 %, and no number of blocks is in sight that would "
          "decide"));
}

TEST(Reason, NoiseIsNotReadAsAFigure) {
  EXPECT_THAT(reason(open(1.8e4, 7)),
              HasSubstr("could have shown a slow-down of more than a doubling, about"));
  EXPECT_THAT(reason(open(1, 7)), HasSubstr("a slow-down of 100 %"));
  EXPECT_THAT(reason(open(std::numeric_limits<double>::infinity(), 0)),
              HasSubstr("could have shown nothing"));
}

TEST(Reason, UnchangedSaysItsMarginAndNoIntervalOfAnotherTest) {
  Decision same = open(0, 0);
  same.decided = Decided::unchanged;
  EXPECT_EQ(reason(same), "within +-1.5 %: +2.0 %, after 6 blocks");
}

TEST(Reason, AChangeIsToldByTheTestThatProvedIt) {
  Decision changed = open(0, 0);
  changed.decided = Decided::regression;
  EXPECT_EQ(reason(changed), "slower by 2.0 % (95 %: -1.0 % to 5.0 %): more than 1.0 %, after 6 blocks");
  Effect effect;
  effect.rest.value = std::log(1.03);
  EXPECT_THAT(reason(changed, true, effect), HasSubstr(", and by 3.0 % against the other cases: more than"));
  changed.decided = Decided::improvement;
  changed.log_ratio = std::log(0.9);
  EXPECT_THAT(reason(changed), HasSubstr("faster by 10 %"));
  EXPECT_THAT(reason(changed), Not(HasSubstr("against the other cases")));
}

}  // namespace
}  // namespace warpgauge
