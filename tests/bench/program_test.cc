// The bench program's command line, files and exit codes.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "compare/input/reader.h"
#include "kernels/backend.h"
#include "tests/bench/program.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(Program, MeasuresAndIsReadByCompare) {
  const Finished done = run(BENCH, std::string(kQuick) + "--benchmark_filter=cpu/blas");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("cpu/blas/f32/B:1/H:4/S:128/D:64/causal:0"), HasSubstr("TFLOP/s")));
  const Process process = read_process((directory_ / "r.json").string(), {});
  EXPECT_THAT(process.warnings, IsEmpty());
  EXPECT_TRUE(process.context.fingerprinted);
  EXPECT_TRUE(process.context.round);
  EXPECT_THAT(process.cases, SizeIs(3));
  for (const warpgauge::Case& each : process.cases) {
    EXPECT_EQ(each.name, each.raw_name);
    EXPECT_EQ(each.failure, "");
    ASSERT_THAT(each.repetitions, SizeIs(2));
    for (const warpgauge::Repetition& repetition : each.repetitions)
      EXPECT_THAT(repetition.samples, Not(IsEmpty()));
  }
}

TEST_F(Program, FitsAHundredAndTenColumns) {
  const Finished done = run(BENCH, std::string(kQuick) + "--benchmark_filter=cpu/blas");
  std::istringstream lines(done.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110u) << line;
}

TEST_F(Program, TheFilterSelectsExactlyItsCases) {
  const Finished listed = run(BENCH, "--benchmark_filter='cpu/blas/.*/S:512/D:64' --benchmark_list_tests");
  EXPECT_EQ(listed.exit_code, 0);
  const Finished done =
      run(BENCH, std::string("--process-seconds 0.05 --benchmark_repetitions=1 --benchmark_out=r.json ") +
                     "--benchmark_filter='cpu/blas/.*/S:512/D:64'");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  std::string measured;
  const json written = result();
  for (const json& row : written["benchmarks"]) measured += row["name"].get<std::string>() + "\n";
  EXPECT_EQ(measured, listed.out);
  EXPECT_THAT(measured, Not(HasSubstr("S:1024")));
}

TEST_F(Program, ADryRunSaysRightOrWrongAndMeasuresNothing) {
  const std::string one_case =
      "--matrix smoke --axis S=64 --axis H=2 --axis Hkv=2 --axis B=1 --axis Sk=64 --axis causal=0 "
      "--benchmark_dry_run ";
  const Finished right = run(BENCH_WITH_FAULTS, one_case + "--benchmark_filter=cpu/right");
  EXPECT_EQ(right.exit_code, 0) << right.err;
  EXPECT_THAT(right.out, AllOf(ContainsRegex("cpu/right/.* right  +-  +-  +-  +-  +0\\.[0-9]+\n"),
                               Not(HasSubstr(" us")), Not(HasSubstr(" ms"))));
  const Finished wrong = run(BENCH_WITH_FAULTS, one_case + "--benchmark_filter='cpu/(right|zeros)'");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("cpu/zeros/f32/B:1/H:2/S:64/D:64/causal:0 wrong: output"));
}

TEST_F(Program, ALaterProcessTrustsTheHashAndAnotherBinaryDoesNot) {
  const std::string arguments = std::string(kOneCase) + "--benchmark_filter=right";
  ASSERT_EQ(run(BENCH_WITH_FAULTS, arguments).exit_code, 0);
  ASSERT_EQ(std::distance(fs::directory_iterator(directory_ / ".warpgauge/checked"), {}), 1);
  const fs::path store = fs::directory_iterator(directory_ / ".warpgauge/checked")->path();
  json stored;
  std::ifstream(store) >> stored;
  // The accuracy of a process that trusts the hash is the stored one.
  for (auto& [name, checked] : stored["cases"].items()) checked["err_over_bound"] = 0.125;
  std::ofstream(store) << stored;
  ASSERT_EQ(run(BENCH_WITH_FAULTS, arguments).exit_code, 0);
  EXPECT_EQ(rows_of("right")[0]["err_over_bound"], 0.125);
  // Another output than the stored one: checked in full again.
  for (auto& [name, checked] : stored["cases"].items()) checked["output"] = "0123456789abcdef";
  std::ofstream(store) << stored;
  ASSERT_EQ(run(BENCH_WITH_FAULTS, arguments).exit_code, 0);
  EXPECT_NE(rows_of("right")[0]["err_over_bound"], 0.125);
}

TEST_F(Program, UnsupportedCasesAreSkippedWithTheReasonWhenAskedFor) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--axis D=32,64 --benchmark_filter=fussy");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("skipped: D is not 64"));
  int skipped = 0;
  for (const json& row : rows_of("fussy")) skipped += row.contains("skip_message");
  EXPECT_EQ(skipped, 1);
}

TEST_F(Program, NothingToMeasureIsAUsageError) {
  EXPECT_EQ(run(BENCH, "--benchmark_filter=no_such_kernel").exit_code, 2);
  EXPECT_EQ(run(BENCH, "--benchmark_filter='('").exit_code, 2);
  EXPECT_EQ(run(BENCH, "--no-such-option").exit_code, 2);
  const Finished slow = run(BENCH, "--matrix smoke --axis S=1024 --benchmark_filter=cpu/naive");
  EXPECT_EQ(slow.exit_code, 2);
  EXPECT_THAT(slow.err, HasSubstr("takes too long for the matrix smoke"));
  const Finished huge = run(BENCH, "--matrix smoke --axis S=9999999 --benchmark_filter=cpu/blas");
  EXPECT_EQ(huge.exit_code, 2);
  EXPECT_THAT(huge.err, HasSubstr("GiB are free; take smaller shapes"));
  EXPECT_EQ(run(BENCH, "--benchmark_no_such_flag=1").exit_code, 2);
  EXPECT_EQ(run(BENCH, "--threads 100000").exit_code, 2);
  EXPECT_EQ(run(BENCH_WITH_FAULTS, "--axis D=32 --benchmark_filter=fussy").exit_code,
            2);  // all of them unsupported
}

TEST_F(Program, WithoutAGpuItsKernelsAreNoErrorUnlessNothingIsLeftOrOneIsRequired) {
  if (backend_unavailable(Backend::cuda).empty()) GTEST_SKIP() << "there is a GPU here";
  const Finished both = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|on_gpu'");
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_THAT(both.err, HasSubstr("cuda kernels are left out: "));
  EXPECT_EQ(run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=on_gpu").exit_code, 2);
  EXPECT_EQ(
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=right", "WARPGAUGE_REQUIRE_GPU=1")
          .exit_code,
      1);
}

TEST_F(Program, OutputsThatCannotBeWrittenAreErrors) {
  const std::string quick =
      "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas/f32/B:1/H:4/S:128 ";
  EXPECT_EQ(run(BENCH, quick + "--benchmark_out=/dev/full").exit_code, 1);
  EXPECT_EQ(run(BENCH, quick + "--benchmark_out=no/such/folder/r.json").exit_code, 1);
  EXPECT_EQ(run("/bin/sh", "-c '\"" BENCH "\" " + quick + " >/dev/full'").exit_code, 1);
  EXPECT_EQ(run(BENCH, quick + "--benchmark_out=/dev/stdout --benchmark_format=json").exit_code, 0);
}

TEST_F(Program, JsonOnStdoutIsJsonAlone) {
  const Finished done =
      run(BENCH, "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas --benchmark_format=json");
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_FALSE(json::parse(done.out)["benchmarks"].empty());
}

TEST_F(Program, TheEnvironmentsOutputIsWrittenOnceByUs) {
  const Finished done =
      run(BENCH, "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas", "BENCHMARK_OUT=r.json");
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_TRUE(result()["context"].contains("warpgauge"));
}

TEST_F(Program, GoogleBenchmarksOtherFlagsCannotChangeTheRows) {
  const std::string arguments = std::string(kQuick) + "--benchmark_filter=cpu/blas ";
  for (const auto& [flags, environment] : std::vector<std::pair<std::string, std::string>>{
           {"--benchmark_min_time=0.5 --benchmark_min_warmup_time=0.2 --benchmark_time_unit=ms", ""},
           {"--benchmark_enable_random_interleaving", "BENCHMARK_ENABLE_RANDOM_INTERLEAVING=true"},
           {"", "BENCHMARK_REPORT_AGGREGATES_ONLY=true BENCHMARK_MIN_WARMUP_TIME=0.2"}}) {
    const Finished done = run(BENCH, arguments + flags, environment);
    EXPECT_EQ(done.exit_code, 0) << flags << environment << done.err;
    EXPECT_THAT(rows_of("blas"), SizeIs(6)) << flags << environment;
    for (const json& row : rows_of("blas")) {
      EXPECT_EQ(row["time_unit"], "ns");
      EXPECT_EQ(row["iterations"], row["samples_ns"].size());
      EXPECT_NEAR(row["real_time"].get<double>(), row["mean_ns"].get<double>(), 1e-3);
    }
  }
}

TEST_F(Program, AnInterruptLeavesTheOldResult) {
  std::ofstream(directory_ / "r.json") << "{\"old\": true}";
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(directory_.c_str()) != 0) _exit(99);
    execl(BENCH, BENCH, "--matrix", "smoke", "--process-seconds", "60", "--benchmark_out=r.json", nullptr);
    _exit(99);
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
  EXPECT_EQ(result(), json({{"old", true}}));
}

}  // namespace
}  // namespace warpgauge
