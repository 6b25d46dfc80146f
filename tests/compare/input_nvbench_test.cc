#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare/input/metric.h"
#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(InputNvbench, StatesAreCasesAndTheirMeanGpuTimeIsRealTime) {
  const Process process = read_testdata("nvbench.json");
  ASSERT_EQ(process.cases.size(), 5U);
  EXPECT_EQ(process.cases[0].name, "copy/Elements:65536/T:F32");
  EXPECT_TRUE(process.cases[0].aggregate_only);
  ASSERT_EQ(process.cases[0].repetitions.size(), 1U);
  EXPECT_THAT(process.cases[0].repetitions[0].value, DoubleEq(12'500));
  EXPECT_EQ(process.cases[4].name, "empty");
  EXPECT_THAT(process.cases[4].repetitions[0].value, DoubleEq(2'000));
}

TEST(InputNvbench, ASkipIsNoFailureButAThrownErrorIs) {
  const Process process = read_testdata("nvbench.json");
  EXPECT_EQ(process.cases[2].skip_reason, "too small");
  EXPECT_EQ(process.cases[2].failure, "");
  EXPECT_EQ(process.cases[3].failure, "Unexpected error: an illegal memory access was encountered");
  EXPECT_EQ(process.cases[3].skip_reason, "");
}

TEST(InputNvbench, CpuTimeAndTagsAreMetrics) {
  const auto first_value = [](const char* metric) {
    return read_testdata("nvbench.json", with_metric(metric)).cases[0].repetitions[0].value;
  };
  EXPECT_THAT(first_value("cpu_time"), DoubleEq(17'500));
  EXPECT_EQ(first_value("nv/cold/bw/global/bytes_per_second"), 41943040000);
}

TEST(InputNvbench, TheDeviceIsTheIdentity) {
  EXPECT_THAT(read_testdata("nvbench.json").context.identity,
              ElementsAre(Pair("gpu", "NVIDIA H200 (132 SMs, sm 900, 150109880320 B, ECC true)")));
}

TEST(InputNvbench, SeveralDevicesStandInTheNames) {
  const Process process = read_testdata("nvbench_two_devices.json");
  ASSERT_EQ(process.cases.size(), 6U);
  EXPECT_EQ(process.cases[4].name, "empty/device:0");
  EXPECT_EQ(process.cases[5].name, "empty/device:1");
  EXPECT_THAT(process.context.identity.at("gpu"), HasSubstr("), NVIDIA H200 ("));
}

TEST(InputNvbench, FilterAndSameNames) {
  const Process process = read_testdata("nvbench.json", with_filter("^empty$"));
  ASSERT_EQ(process.cases.size(), 1U);
  const char* const twice = R"({"devices": null, "benchmarks": [
    {"name": "a", "states": [{"device": 0, "is_skipped": true}]},
    {"name": "a", "states": [{"device": 0, "is_skipped": true}]}]})";
  EXPECT_EQ(complaint_of([&] { parse(twice); }),
            "f.json: benchmarks[1].states[0] a: is there already; two benchmarks share this name");
}

TEST(InputNvbench, ArraysWithoutElementsAreWrittenAsNull) {
  EXPECT_THAT(parse(R"({"devices": null, "benchmarks": null})").cases, IsEmpty());
  EXPECT_THAT(parse(R"({"devices": null, "benchmarks": [{"name": "a", "states": null}]})").cases, IsEmpty());
}

TEST(InputNvbench, CpuOnlyBenchmarksCountTheirCpuTime) {
  const Process process =
      parse(R"({"meta": {}, "benchmarks": [{"name": "a", "states": [{"device": null, "summaries": [
    {"tag": "nv/cpu_only/time/cpu/mean", "data": [{"name": "value", "type": "float64", "value": "0.5"}]}]}]}]})");
  EXPECT_EQ(process.cases[0].repetitions[0].value, 5e8);
}

}  // namespace
}  // namespace warpgauge
