#include "compare/input/untyped_aggregates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// As Google Benchmark 1.4 writes rows, of 10 ns each.
std::string rows(const std::vector<std::string>& names) {
  std::string text = R"({"context": {}, "benchmarks": [)";
  for (const std::string& name : names)
    text += (text.ends_with('[') ? "" : ",") + (R"({"name": ")" + name) +
            R"(", "iterations": 9, "real_time": 10, "cpu_time": 10, "time_unit": "ns"})";
  return text + "]}";
}

std::vector<std::string> raw_names_of(const Process& process) {
  std::vector<std::string> names;
  for (const Case& one : process.cases) names.push_back(one.raw_name);
  return names;
}

TEST(InputUntypedAggregates, AreNotCases) {
  const Process process = parse(rows(
      {"a/repeats:2", "a/repeats:2", "a/repeats:2_mean", "a/repeats:2_median", "a/repeats:2_stddev", "b"}));
  EXPECT_THAT(raw_names_of(process), ElementsAre("a/repeats:2", "b"));
  EXPECT_EQ(process.cases[0].repetitions.size(), 2U);
  EXPECT_THAT(
      process.warnings,
      ElementsAre("f.json: benchmarks[2] a/repeats:2_mean: has no run_type; by its name it is one of 3 "
                  "aggregates, which are not used"));
}

TEST(InputUntypedAggregates, ADeviationOfZeroIsNotAnInvalidTime) {
  std::string text = rows({"a", "a", "a_mean", "a_median", "a_stddev", "b"});
  text.replace(text.find("10", text.find("a_stddev")), 2, "0.0");
  EXPECT_THAT(raw_names_of(parse(text)), ElementsAre("a", "b"));
}

TEST(InputUntypedAggregates, AloneTheyCostTheirCase) {
  const Process process = parse(rows({"a_mean", "a_median", "a_stddev", "b"}));
  EXPECT_THAT(raw_names_of(process), ElementsAre("b", "a"));
  EXPECT_THAT(
      process.cases[1].skip_reason,
      HasSubstr("benchmarks[0] a_mean: only aggregates by their names, without run_type and without a "
                "row of their case; Google Benchmark before 1.5"));
}

TEST(InputUntypedAggregates, ANameAloneIsNotEnough) {
  EXPECT_THAT(raw_names_of(parse(rows({"a", "a_mean", "b_stddev", "_mean", "c_cv"}))),
              ElementsAre("a", "a_mean", "b_stddev", "_mean", "c_cv"));
}

}  // namespace
}  // namespace warpgauge
