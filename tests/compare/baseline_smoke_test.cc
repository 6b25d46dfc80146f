#include "compare/baseline/smoke.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Case measured(const std::string& name, const std::vector<double>& tflops) {
  Case one;
  one.name = one.raw_name = name;
  for (const double value : tflops) one.repetitions.push_back({.value = value, .samples = {}});
  return one;
}

Process process_of(std::vector<Case> cases) {
  Process process;
  process.file = "head.json";
  process.context.identity = {{"cpu_model", "143"}};
  process.context.info = {{"date", "2026-11-20T10:00:00+00:00"}, {"commit", "abc"}};
  process.cases = std::move(cases);
  return process;
}

std::invalid_argument complaint_of(const ResultSet& results) {
  try {
    (void)smoke_minima(results, kSmokeMargin);
  } catch (const std::invalid_argument& error) {
    return error;
  }
  return std::invalid_argument("accepted");
}

TEST(SmokeMinima, AreTheSlowestProcessesMedianLessTheMargin) {
  const ResultSet results{{process_of({measured("a", {2, 100, 4}), measured("b", {8})}),
                           process_of({measured("a", {3}), measured("b", {9})}),
                           process_of({measured("a", {5}), measured("b", {7})})}};
  const SmokeMinima minima = smoke_minima(results, 0.5);
  EXPECT_THAT(minima.tflops, ElementsAre(Pair("a", 1.5), Pair("b", 3.5)));
  EXPECT_EQ(minima.commit, "abc");
}

TEST(SmokeMinima, ASkippedCaseHasNone) {
  Case skipped = measured("no tensor cores", {});
  skipped.skip_reason = "not on this device";
  EXPECT_THAT(smoke_minima({{process_of({skipped, measured("a", {1})})}}, 0).tflops,
              ElementsAre(Pair("a", 1.0)));
  EXPECT_THAT(complaint_of({{process_of({skipped})}}).what(), HasSubstr("head.json: holds no measured case"));
}

TEST(SmokeMinima, WhatIsNotRightOrNotWholeIsRefused) {
  Case failed = measured("a", {});
  failed.failure = "wrong: row 3";
  EXPECT_THAT(complaint_of({{process_of({failed})}}).what(), HasSubstr("head.json: a: the case failed"));
  EXPECT_THAT(complaint_of({{process_of({measured("a", {})})}}).what(), HasSubstr("a: has no tflops"));
  EXPECT_THAT(complaint_of({{process_of({measured("a", {1})}), process_of({measured("b", {1})})}}).what(),
              HasSubstr("a is not in every file"));
  Process elsewhere = process_of({measured("a", {1})});
  elsewhere.context.identity["cpu_model"] = "207";
  EXPECT_THAT(complaint_of({{process_of({measured("a", {1})}), elsewhere}}).what(),
              HasSubstr("different hardware"));
}

TEST(SmokeMinima, AreWrittenOneCaseALine) {
  Process unknown = process_of({measured("a", {2}), measured("b", {4})});
  unknown.context.info.clear();
  EXPECT_EQ(format_smoke_minima(smoke_minima({{unknown}}, 0.5)),
            "{\"schema\": \"warpgauge/smoke/1\",\n \"margin\": 0.5,\n \"date\": \"\",\n \"commit\": \"\",\n"
            " \"identity\": {\"cpu_model\":\"143\"},\n \"cases\": [\n"
            "  {\"name\":\"a\",\"min_tflops\":1.0},\n  {\"name\":\"b\",\"min_tflops\":2.0}]}\n");
}

}  // namespace
}  // namespace warpgauge
