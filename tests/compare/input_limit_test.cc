#include "compare/input/limit.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "compare/input/known_metrics.h"
#include "compare/input/metric.h"

namespace warpgauge {
namespace {

TEST(InputLimit, a_share_alone_has_no_absolute_part) {
  EXPECT_DOUBLE_EQ(parse_fail_limit("2%").relative, 0.02);
  EXPECT_FALSE(parse_fail_limit("2%").absolute);
}

TEST(InputLimit, an_absolute_part_stands_behind_a_comma) {
  const FailLimit limit = parse_fail_limit("2%,30ns");
  EXPECT_DOUBLE_EQ(limit.relative, 0.02);
  EXPECT_EQ(limit.absolute, (AbsoluteLimit{30, true}));
  EXPECT_EQ(parse_fail_limit("0, 5").absolute, (AbsoluteLimit{5, false}));
}

TEST(InputLimit, times_have_units_and_become_nanoseconds) {
  EXPECT_EQ(parse_absolute_limit("2us"), (AbsoluteLimit{2000, true}));
  EXPECT_EQ(parse_absolute_limit("1.5 ms"), (AbsoluteLimit{1.5e6, true}));
  EXPECT_EQ(parse_absolute_limit("1s"), (AbsoluteLimit{1e9, true}));
  EXPECT_EQ(parse_absolute_limit("0"), (AbsoluteLimit{0, false}));
}

TEST(InputLimit, what_is_no_limit_is_refused) {
  for (const char* text : {"", "ns", "-3ns", "3 parsecs", "1e999", "nan", "3%"})
    EXPECT_THROW((void)parse_absolute_limit(text), std::invalid_argument) << text;
  for (const char* text : {"30ns", "3,30ns", "2%,", ",30ns", "2%,30ns,1"})
    EXPECT_THROW((void)parse_fail_limit(text), std::invalid_argument) << text;
}

TEST(InputLimit, a_limit_must_be_of_the_metrics_kind) {
  EXPECT_NO_THROW(check_unit({30, true}, make_metric("real_time")));
  EXPECT_NO_THROW(check_unit({30, false}, make_metric("allocs_per_iter")));
  EXPECT_THROW(check_unit({30, true}, make_metric("allocs_per_iter")), std::invalid_argument);
  EXPECT_THROW(check_unit({30, false}, make_metric("cpu_time")), std::invalid_argument);
}

TEST(KnownMetrics, one_table_has_direction_and_exactness) {
  EXPECT_EQ(known_metric("allocs_per_iter").better, Better::lower);
  EXPECT_TRUE(known_metric("allocs_per_iter").exact);
  EXPECT_EQ(known_metric("tflops").better, Better::higher);
  EXPECT_FALSE(known_metric("tflops").exact);
  EXPECT_FALSE(known_metric("real_time").exact);
  EXPECT_FALSE(known_metric("widgets").better);
}

TEST(KnownMetrics, the_error_about_an_unknown_counter_names_both_ways) {
  try {
    (void)make_metric("widgets");
    FAIL();
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("--better lower"), std::string::npos) << text;
    EXPECT_NE(text.find("{\"metric\": \"widgets\", \"better\": \"lower\"}"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace warpgauge
