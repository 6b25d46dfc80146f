#include "compare/input/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace warpgauge {
namespace {

std::string complaint(std::string_view text) {
  try {
    (void)parse_threshold(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(InputThreshold, PercentAndFractionsAreTheSame) {
  EXPECT_DOUBLE_EQ(parse_threshold("3%"), 0.03);
  EXPECT_DOUBLE_EQ(parse_threshold("0.03"), 0.03);
  EXPECT_DOUBLE_EQ(parse_threshold("1.5 %"), 0.015);
  EXPECT_DOUBLE_EQ(parse_threshold("100%"), 1);
  EXPECT_DOUBLE_EQ(parse_threshold("0"), 0);
  EXPECT_DOUBLE_EQ(parse_threshold("0.49"), 0.49);
  EXPECT_DOUBLE_EQ(parse_threshold("1e-3"), 0.001);
}

TEST(InputThreshold, ABareNumberOfAHalfOrMoreIsRefused) {
  EXPECT_EQ(complaint("3"), "'3' is ambiguous; for percent write '3%'");
  EXPECT_NE(complaint("0.5"), "");
}

TEST(InputThreshold, NegativeIsRefused) {
  EXPECT_THAT(complaint("-3%"), ::testing::HasSubstr("is negative"));
}

TEST(InputThreshold, TextThatIsNoNumberIsRefused) {
  for (const char* text :
       {"", "%", "abc", "3%%", "3 percent", "0,03", "nan", "inf", "inf%", "1e999", "0x1p-3", "+3%"}) {
    EXPECT_THAT(complaint(text), ::testing::HasSubstr("is not a share; write 3% or 0.03")) << text;
  }
}

TEST(InputThreshold, ALevelIsAboveZeroAndBelowAHalf) {
  EXPECT_DOUBLE_EQ(parse_level("5%"), 0.05);
  EXPECT_DOUBLE_EQ(parse_level("0.49"), 0.49);
  for (const char* text : {"50%", "100%", "0.5", "0", "1e-300", "1e-16%", "nan"})
    EXPECT_THROW((void)parse_level(text), std::invalid_argument) << text;
}

}  // namespace
}  // namespace warpgauge
