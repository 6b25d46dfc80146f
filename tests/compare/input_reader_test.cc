#include "compare/input/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "compare/input/metric.h"
#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::vector<std::string> names_of(const Process& process) {
  std::vector<std::string> names;
  for (const Case& measured : process.cases) names.push_back(measured.name);
  return names;
}

std::vector<double> values_of(const Case& measured) {
  std::vector<double> values;
  for (const Repetition& repetition : measured.repetitions) values.push_back(repetition.value);
  return values;
}

ReadOptions with_metric(const char* name) {
  return {.metric = make_metric(name, Better::lower)};  // which way is of no concern to a reader
}

TEST(InputReader, GoogleBenchmark15UnitsAndComplexityRows) {
  const Process process = read_testdata("google_benchmark_1.5.json");
  EXPECT_THAT(names_of(process), ElementsAre("BM_Sort/1024", "BM_Sort/4096", "BM_Throws"));
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(5120));
  EXPECT_THAT(values_of(process.cases[1]), ElementsAre(24500));
  EXPECT_THAT(process.warnings, IsEmpty());
}

TEST(InputReader, ErrorRowsHaveAMessageAndNoNumber) {
  const Process process = read_testdata("google_benchmark_1.5.json");
  EXPECT_EQ(process.cases[2].failure, "out of \"range\"");
  EXPECT_THAT(process.cases[2].repetitions, IsEmpty());
}

TEST(InputReader, EqualNamesWithoutRepetitionIndexAreRepetitionsInOrder) {
  const Process process = read_testdata("google_benchmark_old.json");
  EXPECT_THAT(names_of(process), ElementsAre("BM_Copy", "BM_Fill"));
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(10, 12, 11));
  EXPECT_THAT(process.context.identity, ElementsAre(Pair("num_cpus", "4")));
}

TEST(InputReader, GoogleBenchmark16AggregatesBesideIterations) {
  const Process process = read_testdata("google_benchmark_1.6.json");
  EXPECT_THAT(names_of(process), ElementsAre("BM_Scan/8/threads:2", "BM_Long"));
  EXPECT_EQ(process.cases[0].raw_name, "BM_Scan/8/repeats:3/threads:2");
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(1.5e6, 1.7e6, 1.6e6));
  EXPECT_FALSE(process.cases[0].aggregate_only);
  EXPECT_THAT(values_of(process.cases[1]), ElementsAre(2e9));
}

TEST(InputReader, GoogleBenchmark17InterleavedRepetitions) {
  const Process process = read_testdata("google_benchmark_1.7.json");
  EXPECT_THAT(names_of(process), ElementsAre("BM_Hash/64", "BM_Hash/4096"));
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(100, 101, 102));
  EXPECT_THAT(values_of(process.cases[1]), ElementsAre(900, 901, 902));
}

TEST(InputReader, UnusedCountersThatAreNotFiniteGiveOneWarning) {
  EXPECT_THAT(
      read_testdata("google_benchmark_1.7.json").warnings,
      ElementsAre("google_benchmark_1.7.json: benchmarks[0] BM_Hash/64.spread: not a finite number; not used "
                  "(6 rows)"));
}

TEST(InputReader, UsedCountersMustBeFinite) {
  EXPECT_THAT(complaint_of([] { read_testdata("google_benchmark_1.7.json", with_metric("spread")); }),
              HasSubstr("benchmarks[0] BM_Hash/64.spread: Infinity is not a finite number"));
}

TEST(InputReader, SeveralMetricsAreReadAsEachAlone) {
  const std::string text = R"({"context": {}, "benchmarks": [
      {"name": "a", "run_type": "iteration", "real_time": 2, "cpu_time": 1, "time_unit": "us", "n": 7},
      {"name": "a", "run_type": "iteration", "real_time": 3, "cpu_time": 2, "time_unit": "us", "n": 0},
      {"name": "b", "run_type": "iteration", "real_time": 5, "cpu_time": 4, "time_unit": "us", "x": NaN}]})";
  const std::vector<Metric> metrics{{"real_time"}, {"cpu_time"}, {"n"}};
  const std::vector<Process> together = parse_process(text, "f", {}, metrics);
  ASSERT_EQ(together.size(), 3u);
  for (std::size_t m = 0; m < 3; ++m) {
    ReadOptions options;
    options.metric = metrics[m];
    options.may_lack_metric = true;
    const Process alone = parse_process(text, "f", options);
    ASSERT_EQ(together[m].cases.size(), alone.cases.size());
    EXPECT_EQ(together[m].cases.size(), m == 2 ? 1u : 2u);
    for (std::size_t c = 0; c < alone.cases.size(); ++c)
      for (std::size_t r = 0; r < alone.cases[c].repetitions.size(); ++r)
        EXPECT_EQ(together[m].cases[c].repetitions[r].value, alone.cases[c].repetitions[r].value) << m;
    EXPECT_EQ(together[m].warnings, alone.warnings);
    EXPECT_EQ(together[m].lacking, alone.lacking);
  }
  EXPECT_EQ(together[1].cases[1].repetitions[0].value, 4000);
}

TEST(InputReader, CountersAndCpuTimeAreMetrics) {
  EXPECT_THAT(values_of(read_testdata("google_benchmark_1.7.json", with_metric("items_per_second")).cases[0]),
              ElementsAre(1e9 / 100, 1e9 / 101, 1e9 / 102));
  EXPECT_THAT(values_of(read_testdata("google_benchmark_1.6.json", with_metric("cpu_time")).cases[1]),
              ElementsAre(1.98e9));
  ReadOptions bytes_of_one = with_metric("max_bytes_used");
  bytes_of_one.filter = NameFilter("process_time");
  EXPECT_THAT(values_of(read_testdata("google_benchmark_1.9.json", bytes_of_one).cases[0]), ElementsAre(64));
}

TEST(InputReader, AMissingCounterListsTheOthers) {
  EXPECT_THAT(
      complaint_of([] { read_testdata("google_benchmark_1.7.json", with_metric("gbps")); }),
      HasSubstr("benchmarks[0] BM_Hash/64.gbps: is missing: the row has no such counter; its numbers are "));
  EXPECT_THAT(complaint_of([] { read_testdata("google_benchmark_1.7.json", with_metric("gbps")); }),
              HasSubstr("items_per_second, spread"));
}

TEST(InputReader, OnlyAggregatesCountThroughTheirMedian) {
  const Process process = read_testdata("google_benchmark_1.7_aggregates_only.json");
  ASSERT_THAT(names_of(process), ElementsAre("BM_Hash/64"));
  EXPECT_TRUE(process.cases[0].aggregate_only);
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(100.5));
}

TEST(InputReader, IterationsReplaceAMedianBeforeThem) {
  const Process process = parse(R"({"context": {}, "benchmarks": [
    {"name": "A_median", "run_name": "A", "run_type": "aggregate", "aggregate_name": "median", "real_time": 5,
     "time_unit": "ns"},
    {"name": "A", "run_name": "A", "run_type": "iteration", "real_time": 4, "time_unit": "ns"},
    {"name": "A", "run_name": "A", "run_type": "iteration", "real_time": 6, "time_unit": "ns"}]})");
  EXPECT_FALSE(process.cases[0].aggregate_only);
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(4, 6));
}

TEST(InputReader, GoogleBenchmark18SkipsAreNotErrors) {
  const Process process = read_testdata("google_benchmark_1.8.json");
  EXPECT_EQ(process.cases[1].skip_reason, "no AVX-512 here");
  EXPECT_EQ(process.cases[1].failure, "");
  EXPECT_EQ(process.cases[2].failure, "wrong sum");
  EXPECT_EQ(process.context.info.at("library_version"), "v1.8.3");
}

TEST(InputReader, GoogleBenchmark19MeasuredWithSeveralClocks) {
  const Process process = read_testdata("google_benchmark_1.9.json");
  EXPECT_THAT(names_of(process), ElementsAre("BM_Alloc", "BM_Alloc", "BM_Other"));
  EXPECT_EQ(process.cases[0].raw_name, "BM_Alloc/process_time/real_time");
  EXPECT_EQ(process.context.state.at("aslr_enabled"), "true");
}

TEST(InputReader, APlainContextHasTheHardware) {
  const Context context = read_testdata("google_benchmark_1.7.json").context;
  EXPECT_FALSE(context.fingerprinted);
  EXPECT_THAT(context.identity,
              UnorderedElementsAre(Pair("num_cpus", "8"),
                                   Pair("caches", "L1 Data 32768 B for 2, L2 Unified 262144 B for 2")));
  EXPECT_EQ(context.identity, context.derived_identity);
  EXPECT_EQ(context.host_name, "lab-3");
  EXPECT_EQ(context.info.at("commit"), "0123abc");
  EXPECT_EQ(context.info.at("executable"), "./build/sort_bench");
  EXPECT_THAT(context.state, UnorderedElementsAre(Pair("cpu_scaling_enabled", "false"),
                                                  Pair("library_build_type", "debug")));
  EXPECT_FALSE(context.round);
}

TEST(InputReader, OurFilesHaveAFingerprintAndSamples) {
  const Process process = read_testdata("warpgauge.json");
  EXPECT_TRUE(process.context.fingerprinted);
  EXPECT_EQ(process.context.round, "boot-7f/1765432100");
  EXPECT_THAT(process.context.identity,
              UnorderedElementsAre(Pair("architecture", "x86_64"), Pair("cpus", "2"),
                                   Pair("l3_bytes", "33554432"), Pair("tf32", "false")));
  EXPECT_EQ(process.context.derived_identity.at("num_cpus"), "8");
  EXPECT_EQ(process.context.state.at("governor"), "performance");
  EXPECT_EQ(process.context.info.at("commit"), "0123abc");
  EXPECT_EQ(process.context.settings.at("matrix"), "smoke");
  ASSERT_EQ(process.cases.size(), 1U);
  ASSERT_EQ(process.cases[0].repetitions.size(), 2U);
  EXPECT_EQ(process.cases[0].repetitions[0].value, 100'000);
  EXPECT_THAT(process.cases[0].repetitions[0].samples, ElementsAre(100100, 100000.5, 99900));
  EXPECT_THAT(process.cases[0].repetitions[1].samples, ElementsAre(101100, 101000, 100900));
}

TEST(InputReader, SamplesAreTimesAndBelongToNoOtherMetric) {
  const Process process = read_testdata("warpgauge.json", with_metric("tflops"));
  EXPECT_EQ(process.cases[0].repetitions[1].value, 0.4);
  EXPECT_THAT(process.cases[0].repetitions[1].samples, IsEmpty());
}

TEST(InputReader, ByteOrderMarkAndCrLfAreAccepted) {
  for (const char* file : {"bom.json", "crlf.json"}) {
    const Process process = read_testdata(file);
    EXPECT_THAT(names_of(process), ElementsAre("BM_A", "BM_B")) << file;
    EXPECT_THAT(process.warnings, IsEmpty()) << file;
  }
}

TEST(InputReader, NoRowsAreNotCases) {
  EXPECT_THAT(read_testdata("no_rows.json").cases, IsEmpty());
}

TEST(InputReader, RowsWithoutAUnitAreNanosecondsWithAWarning) {
  const Process process = parse(R"({"context": {}, "benchmarks": [{"name": "A", "real_time": 5}]})");
  EXPECT_THAT(values_of(process.cases[0]), ElementsAre(5));
  EXPECT_THAT(process.warnings, ElementsAre("f.json: 1 rows have no time_unit; nanoseconds are assumed"));
}

// A document of these rows, which all lack nothing but what a test is about.
Process rows(const std::string& rows, const ReadOptions& options = {}) {
  return parse(R"({"context": {}, "benchmarks": [)" + rows + "]}", options);
}
std::string complaint_of_rows(const std::string& text) {
  return complaint_of([&] { rows(text); });
}
constexpr const char* kTime = R"("real_time": 5, "cpu_time": 5, "time_unit": "ns")";
std::string row(const std::string& fields) {
  return "{" + fields + ", " + kTime + "}";
}

TEST(InputReader, ARowNeedsAName) {
  EXPECT_THAT(complaint_of_rows(row(R"("name": "")")), HasSubstr("benchmarks[0] .name: is empty"));
}

TEST(InputReader, FailuresAndSkipsWithoutAMessageAreReported) {
  const char* const messages[] = {"", R"(, "error_message": 7)", R"(, "error_message": "")"};
  for (const char* message : messages) {
    const Process process = rows(row(R"("name": "a", "error_occurred": true)" + std::string(message)));
    EXPECT_EQ(process.cases[0].failure, "failed without a message");
  }
  EXPECT_EQ(rows(row(R"("name": "a", "skipped": true)")).cases[0].skip_reason, "skipped without a message");
}

TEST(InputReader, TheFirstOfSeveralMessagesCountsAndFalseIsNone) {
  const Process failed = rows(row(R"("name": "a", "error_occurred": true, "error_message": "first")") + "," +
                              row(R"("name": "a", "error_occurred": true, "error_message": "second")"));
  EXPECT_EQ(failed.cases[0].failure, "first");
  const Process skipped = rows(row(R"("name": "a", "skipped": true, "skip_message": "first")") + "," +
                               row(R"("name": "a", "skipped": true, "skip_message": "second")"));
  EXPECT_EQ(skipped.cases[0].skip_reason, "first");
  const Process neither = rows(row(R"("name": "a", "error_occurred": false, "skipped": false)"));
  EXPECT_THAT(values_of(neither.cases[0]), ElementsAre(5));
}

TEST(InputReader, AMedianOfAFailedOrSkippedCaseIsIgnored) {
  const std::string median =
      row(R"("name": "a_median", "run_name": "a", "run_type": "aggregate", "aggregate_name": "median")");
  EXPECT_THAT(rows(row(R"("name": "a", "error_occurred": true)") + "," + median).cases[0].repetitions,
              IsEmpty());
  EXPECT_THAT(rows(row(R"("name": "a", "skipped": true)") + "," + median).cases[0].repetitions, IsEmpty());
}

TEST(InputReader, OldAggregatesNameTheirRunByTheirOwnName) {
  const auto aggregate = [](const std::string& name, const std::string& kind) {
    return row(R"("name": ")" + name + R"(", "run_type": "aggregate")" + kind);
  };
  const std::string median = R"(, "aggregate_name": "median")";
  EXPECT_THAT(names_of(rows(aggregate("a_median", median))), ElementsAre("a"));
  EXPECT_THAT(names_of(rows(aggregate("amedian", median))), ElementsAre("a"));
  EXPECT_THAT(names_of(rows(aggregate("a_middle", median))), ElementsAre("a_middle"));
  // What an aggregate without a name is of cannot be told: it is no median.
  EXPECT_THAT(rows(aggregate("a_mean", "")).cases.at(0).skip_reason, HasSubstr("only aggregate rows"));
  EXPECT_THAT(names_of(rows(aggregate("a_median", median), with_filter("^b"))), IsEmpty());
}

TEST(InputReader, SamplesMayLackNumbers) {
  EXPECT_THAT(complaint_of_rows(row(R"("name": "a", "samples_ns": [1, "two"])")), HasSubstr("samples_ns"));
}

TEST(InputReader, RepetitionIndicesArePerCase) {
  const Process process =
      rows(row(R"("name": "b", "repetition_index": 1)") + "," + row(R"("name": "a", "repetition_index": 1)") +
           "," + row(R"("name": "b", "repetition_index": 0)"));
  EXPECT_THAT(names_of(process), ElementsAre("b", "a"));
}

TEST(InputReader, WarningsHaveTheShownName) {
  Process process = rows(R"({"name": "a", "real_time": 5, "cpu_time": 5})");
  ASSERT_EQ(process.warnings.size(), 1u);
  process.warnings.push_back("of another file");
  show_as(process, "shown.json");
  EXPECT_THAT(process.warnings[0], testing::StartsWith("shown.json: "));
  EXPECT_EQ(process.warnings[1], "of another file");
}

TEST(InputReader, UnexpectedValuesInAContextAreIgnored) {
  const Process process = parse(
      R"({"context": {"warpgauge": 7, "list": [1], "object": {"a": 1}, "date": "2026"}, "benchmarks": []})");
  EXPECT_EQ(process.context.info.at("date"), "2026");
  EXPECT_FALSE(process.context.fingerprinted);
}

TEST(InputReader, AFilterDropsCasesByTheirStrippedOrRawName) {
  const auto names_with = [](const char* expression) {
    return names_of(read_testdata("google_benchmark_1.9.json", with_filter(expression)));
  };
  EXPECT_THAT(names_with("Other$"), ElementsAre("BM_Other"));
  EXPECT_THAT(names_with("manual_time"), ElementsAre("BM_Alloc", "BM_Other"));
  EXPECT_THAT(names_with("-manual_time"), ElementsAre("BM_Alloc"));
  EXPECT_THAT(names_with("nothing"), IsEmpty());
}

TEST(InputReader, RowsThatTheFilterDropsMayBeWrong) {
  const ReadOptions options = with_filter("^BM_A$");
  EXPECT_EQ(complaint_of([&] { read_testdata("invalid/nan_time.json", options); }), "");
}

TEST(InputReader, OnlyAggregatesWithoutAMedianCostTheirCase) {
  const Process process = read_testdata("aggregates_without_median.json");
  ASSERT_EQ(process.cases.size(), 1U);
  EXPECT_EQ(process.cases[0].name, "BM_Hash/64");
  EXPECT_THAT(process.cases[0].repetitions, IsEmpty());
  EXPECT_EQ(process.cases[0].skip_reason,
            "benchmarks[0] BM_Hash/64_mean: only aggregate rows, without a median; run it without "
            "--benchmark_report_aggregates_only");
  EXPECT_THAT(read_testdata("aggregates_without_median.json", with_filter("nobody")).cases, IsEmpty());
}

TEST(InputReader, OtherOutputOfGoogleBenchmarkIsNamed) {
  constexpr const char* kHint = "; run it again with --benchmark_out=FILE --benchmark_out_format=json";
  const auto complaint = [](const std::string& text) { return complaint_of([&] { parse(text); }); };
  EXPECT_EQ(complaint("name,iterations,real_time,cpu_time,time_unit\n\"a\",1,2,3,ns\n"),
            std::string("f.json: is Google Benchmark's CSV") + kHint);
  EXPECT_EQ(complaint("------\nBenchmark     Time     CPU   Iterations\n------\na 1 ns 1 ns 7\n"),
            std::string("f.json: is what Google Benchmark prints to a console") + kHint);
}

// /dev/fd/N of a pipe that a thread writes to, as a shell's <(command) makes it.
TEST(InputReader, APipeIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string text = read_file(testdata_path("google_benchmark_1.9.json"));
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size(); at += 700) {
      const std::string part = text.substr(at, 700);
      EXPECT_EQ(::write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::close(ends[1]);
  });
  const std::string path = "/dev/fd/" + std::to_string(ends[0]);
  const ResultSet results = read_results({path}, {});
  writer.join();
  ::close(ends[0]);
  EXPECT_EQ(names_of(results.processes.at(0)), names_of(read_testdata("google_benchmark_1.9.json")));
}

TEST(InputReader, FilesOfASideAreProcesses) {
  const ResultSet results = read_results({testdata_path("bom.json"), testdata_path("crlf.json")}, {});
  ASSERT_EQ(results.processes.size(), 2U);
  EXPECT_EQ(results.processes[1].file, testdata_path("crlf.json"));
}

TEST(InputReader, AFileTwiceOnOneSideIsRefused) {
  const std::string again = testdata_path("../input/bom.json");
  EXPECT_EQ(complaint_of([&] {
              (void)read_results({testdata_path("bom.json"), again}, {});
            }),
            again + ": is given twice on one side; it would count as two processes: give it once");
}

}  // namespace
}  // namespace warpgauge
