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

TEST(InputNvbench, ASkipIsNotAFailureButAThrownErrorIs) {
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

// One state of a benchmark with this axis value and these summaries.
std::string state_of(const std::string& value, const std::string& summaries) {
  return R"({"devices": [], "benchmarks": [{"name": "a", "states": [{"device": 0, "is_skipped": false, )"
         R"("axis_values": [{"name": "N", "type": "int64", "value": ")" +
         value + R"("}], "summaries": [)" + summaries + "]}]}]}";
}
std::string summary_of(const std::string& data) {
  return R"({"tag": "nv/cold/time/gpu/mean", "data": )" + data + "}";
}

TEST(InputNvbench, NumbersMayBeNumbersAndMustBeNumbers) {
  const auto value = [](const std::string& data) {
    return parse(state_of("1", summary_of(data))).cases.at(0).repetitions.at(0).value;
  };
  EXPECT_THAT(value(R"([{"name": "value", "type": "float64", "value": 2e-6}])"), DoubleEq(2'000));
  EXPECT_THAT(value(R"([{"name": "unit", "value": "s"}, {"name": "value", "value": "2e-6"}])"),
              DoubleEq(2'000));
  for (const char* bad : {"much", "2e-6 s", ""}) {
    EXPECT_THAT(
        complaint_of([&] { value(R"([{"name": "value", "value": ")" + std::string(bad) + R"("}])"); }),
        HasSubstr("is not a number"))
        << bad;
  }
}

TEST(InputNvbench, ASummaryWithoutAValueIsNone) {
  for (const char* data : {"null", "[]", R"([{"name": "unit", "value": "s"}])"}) {
    EXPECT_THAT(complaint_of([&] { parse(state_of("1", summary_of(data))); }),
                HasSubstr("the state has no such summary"))
        << data;
  }
}

TEST(InputNvbench, TheNoiseBesideAMeanIsRead) {
  const auto noise = [](const std::string& deviation, const std::string& samples,
                        const char* metric = "real_time") {
    const auto summary = [](const char* tag, const std::string& value) {
      return R"({"tag": ")" + std::string(tag) + R"(", "data": [{"name": "value", "value": ")" + value +
             R"("}]})";
    };
    return parse(state_of("1", summary_of(R"([{"name": "value", "value": "4e-6"}])") + "," +
                                   summary("nv/cold/time/gpu/stdev/relative", deviation) + "," +
                                   summary("nv/cold/sample_size", samples) + "," +
                                   summary("nv/cold/time/cpu/mean", "5e-6")),
                 with_metric(metric))
        .cases.at(0)
        .noise;
  };
  ASSERT_TRUE(noise("0.14", "10").has_value());
  EXPECT_EQ(noise("0.14", "10")->deviation, 0.14);
  EXPECT_EQ(noise("0.14", "10")->samples, 10);
  EXPECT_FALSE(noise("inf", "10").has_value()) << "nvbench writes this for too few samples";
  EXPECT_FALSE(noise("0.14", "1").has_value());
  EXPECT_FALSE(noise("0.14", "10", "cpu_time").has_value()) << "there is none for the CPU's time";
}

TEST(InputNvbench, ABenchmarkNeedsAName) {
  EXPECT_THAT(complaint_of([] { parse(R"({"devices": [], "benchmarks": [{"states": []}]})"); }),
              HasSubstr("benchmarks[0].name: is missing"));
}

TEST(InputNvbench, TheDeviceIsTheIdentity) {
  EXPECT_THAT(read_testdata("nvbench.json").context.identity,
              ElementsAre(Pair("gpu", "NVIDIA H200 (132 SMs, sm 900, 150109880320 B, ECC true)")));
}

TEST(InputNvbench, SeveralDevicesAreInTheNames) {
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
            "f.json: benchmarks[1].states[0] a: an earlier state has the same name; rename one of the two "
            "benchmarks");
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
