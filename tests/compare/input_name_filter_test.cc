#include "compare/input/name_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge {
namespace {

TEST(InputNameFilter, MatchesAnywhere) {
  const NameFilter filter("S:(64|128)/");
  EXPECT_TRUE(filter.keeps("naive/f32/S:64/D:64"));
  EXPECT_FALSE(filter.keeps("naive/f32/S:640/D:64"));
  EXPECT_TRUE(NameFilter("").keeps("anything"));
}

TEST(InputNameFilter, LeadingMinusInverts) {
  EXPECT_FALSE(NameFilter("-naive").keeps("naive/f32"));
  EXPECT_TRUE(NameFilter("-naive").keeps("blas/f32"));
}

TEST(InputNameFilter, EitherOfTwoNamesCounts) {
  EXPECT_TRUE(NameFilter("real_time$").keeps("BM", "BM/real_time"));
  EXPECT_TRUE(NameFilter("^BM$").keeps("BM", "BM/real_time"));
  EXPECT_FALSE(NameFilter("-real_time").keeps("BM", "BM/real_time"));
}

TEST(InputNameFilter, AnInvalidExpressionIsNamed) {
  try {
    NameFilter("S:(64");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'S:(64' is not a regular expression: missing )"));
  }
}

// std::regex needs a stack frame a character here, or exponential time.
TEST(InputNameFilter, LongNamesAndNestedRepeatsTakeLinearTime) {
  const std::string name(1'000'000, 'a');
  EXPECT_TRUE(NameFilter("^(a|b)*$").keeps(name));
  EXPECT_FALSE(NameFilter("^(a*)*b$").keeps(name));
  EXPECT_THROW(NameFilter("((a{1000}){1000}){1000}"), std::invalid_argument);
}

}  // namespace
}  // namespace warpgauge
