#include "base/number_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace warpgauge {
namespace {

TEST(FormatDuration, TakesTheUnitThatFits) {
  EXPECT_EQ(format_duration(0.5), "0.500 ns");
  EXPECT_EQ(format_duration(999.9), "999.9 ns");
  EXPECT_EQ(format_duration(1234), "1.234 us");
  EXPECT_EQ(format_duration(12.34e6), "12.34 ms");
  EXPECT_EQ(format_duration(2.5e9), "2.500 s");
}

TEST(FormatDuration, RoundsIntoTheNextUnit) {
  EXPECT_EQ(format_duration(999.949e6), "999.9 ms");
  EXPECT_EQ(format_duration(999.95e6), "1.000 s");
  EXPECT_EQ(format_duration(1e9 - 1), "1.000 s");
  EXPECT_EQ(format_duration(999'999), "1.000 ms");
  EXPECT_EQ(format_value(999'960, "items_per_second"), "1.000M");
}

TEST(FormatValue, CountersHaveNoTimeUnit) {
  EXPECT_EQ(format_value(1.5e12, "flops_per_second"), "1.500T");
  EXPECT_EQ(format_value(1500, "real_time"), "1.500 us");
  EXPECT_EQ(format_value(0.25, "cv"), "0.250");
  EXPECT_EQ(format_value(1234, "cpu_time"), "1.234 us");
  EXPECT_EQ(format_value(1500, "items_per_second"), "1.500k");
  EXPECT_EQ(format_value(2.5e6, "items_per_second"), "2.500M");
  EXPECT_EQ(format_value(2.5e9, "items_per_second"), "2.500G");
  EXPECT_EQ(format_value(2e15, "items_per_second"), "2.000e+15");
  EXPECT_EQ(format_value(5e-6, "error"), "5.000e-06");
  EXPECT_EQ(format_value(0, "error"), "0.000");
}

TEST(FormatNumber, HasThreeSignificantDigitsAndNoExponent) {
  EXPECT_EQ(format_number(0.012345), "0.0123");
  EXPECT_EQ(format_number(0.99949), "0.999");
  EXPECT_EQ(format_number(0.9996), "1.00");
  EXPECT_EQ(format_number(1.2345), "1.23");
  EXPECT_EQ(format_number(9.996), "10.0");
  EXPECT_EQ(format_number(99.96), "100");
  EXPECT_EQ(format_number(98765), "98765");
  EXPECT_EQ(format_number(1e-5), "0.0000100");
  EXPECT_EQ(format_number(0), "0.00");
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(FormatChange, PlusIsWorse) {
  EXPECT_EQ(format_change(1.5), "+50.0 %");
  EXPECT_EQ(format_change(0.8), "-20.0 %");
  EXPECT_EQ(format_change(1.0), "+0.00 %");
  EXPECT_EQ(format_change(1 - 1e-9), "+0.00 %");
  EXPECT_EQ(format_change(21), "+2000 %");
  EXPECT_EQ(format_change(1e6), ">+99999 %");
  EXPECT_EQ(format_interval({0.001, std::numeric_limits<double>::infinity()}), "-99.9 .. >+99999 %");
}

TEST(FormatPercent, HasNoEmptyDigits) {
  EXPECT_EQ(format_percent(0.05), "5 %");
  EXPECT_EQ(format_percent(0.0125), "1.25 %");
  EXPECT_EQ(format_percent(1.5), "150 %");
  EXPECT_EQ(format_percent(1e9), ">99999 %");
}

TEST(FormatMde, HasNoDigitsAboveAFactorOfTwo) {
  EXPECT_EQ(format_mde(0.025), "2.5 %");
  EXPECT_EQ(format_mde(1), "100 %");
  EXPECT_EQ(format_mde(1.8e4), "more than 100 %");
}

TEST(FormatCount, OneIsNotMany) {
  EXPECT_EQ(format_count(1, "more rounds"), "1 more round");
  EXPECT_EQ(format_count(2, "more rounds"), "2 more rounds");
  EXPECT_EQ(format_count(1, "processes"), "1 process");
  EXPECT_EQ(format_count(0, "cases"), "0 cases");
}

TEST(FormatList, HasAnAndBeforeTheLast) {
  EXPECT_EQ(format_list(std::vector<int>{2}), "2");
  EXPECT_EQ(format_list(std::vector<int>{2, 5}), "2 and 5");
  EXPECT_EQ(format_list(std::vector<int>{2, 5, 7}), "2, 5 and 7");
}

TEST(FormatTimeSpan, HasTwoUnits) {
  EXPECT_EQ(format_time_span(-1), "0 s");
  EXPECT_EQ(format_time_span(59.6), "1 min 0 s");
  EXPECT_EQ(format_time_span(59.4), "59 s");
  EXPECT_EQ(format_time_span(3599), "59 min 59 s");
  EXPECT_EQ(format_time_span(3600 + 20 * 60 + 59), "1 h 20 min");
}

}  // namespace
}  // namespace warpgauge
