#include "bench/options.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "bench/exit_code.h"

namespace warpgauge::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "bench");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, DefaultsAreTheCiMatrixWarmOnCpusColdOnGpus) {
  const ParsedOptions parsed = parse({});
  ASSERT_FALSE(parsed.exit_code);
  const Options& o = parsed.options;
  EXPECT_EQ(o.matrix->name, "ci");
  EXPECT_EQ(o.seconds(), 10);
  EXPECT_EQ(o.cache_of(Backend::cpu), CacheMode::warm);
  EXPECT_EQ(o.cache_of(Backend::cuda), CacheMode::cold);
  EXPECT_FALSE(o.asked_for_cases());
}

TEST(Options, EveryOptionIsRead) {
  const ParsedOptions parsed = parse({"--matrix",
                                      "smoke",
                                      "--axis",
                                      "S=64,128",
                                      "--axis",
                                      "B=2",
                                      "--dtype",
                                      "f16,bf16",
                                      "--cache",
                                      "cold",
                                      "--process-seconds",
                                      "2.5",
                                      "--threads",
                                      "1",
                                      "--device",
                                      "3",
                                      "--seed",
                                      "42",
                                      "--benchmark_filter=blas",
                                      "--benchmark_repetitions=7",
                                      "--benchmark_out=x.json",
                                      "--benchmark_format=json",
                                      "--benchmark_context=a=b,c=d"});
  ASSERT_FALSE(parsed.exit_code);
  const Options& o = parsed.options;
  EXPECT_EQ(o.matrix->name, "smoke");
  EXPECT_THAT(o.axes, ElementsAre(Pair("B", ElementsAre(2)), Pair("S", ElementsAre(64, 128))));
  EXPECT_THAT(o.dtypes, ElementsAre(Dtype::f16, Dtype::bf16));
  EXPECT_EQ(o.cache_of(Backend::cpu), CacheMode::cold);
  EXPECT_EQ(o.seconds(), 2.5);
  EXPECT_EQ(o.threads, 1);
  EXPECT_EQ(o.device, 3);
  EXPECT_EQ(o.seed, 42u);
  EXPECT_EQ(o.filter, "blas");
  EXPECT_EQ(o.repetitions, 7);
  EXPECT_EQ(o.out, "x.json");
  EXPECT_TRUE(o.json_on_stdout);
  EXPECT_THAT(o.context, ElementsAre(Pair("a", "b"), Pair("c", "d")));
  EXPECT_TRUE(o.asked_for_cases());
}

TEST(Options, ANegativeFilterIsAValue) {
  EXPECT_EQ(parse({"--benchmark_filter=-naive"}).options.filter, "-naive");
}

TEST(Options, OtherFlagsOfGoogleBenchmarkArePassedOn) {
  EXPECT_THAT(parse({"--benchmark_min_time=0.5", "--v=1"}).options.google_flags,
              ElementsAre("--benchmark_min_time=0.5", "--v=1"));
}

TEST(Options, ADryRunTakesGoogleBenchmarksForms) {
  EXPECT_TRUE(parse({"--benchmark_dry_run"}).options.dry_run);
  EXPECT_TRUE(parse({"--benchmark_dry_run=true"}).options.dry_run);
  EXPECT_FALSE(parse({"--benchmark_dry_run=false", "--benchmark_out=x.json"}).options.dry_run);
}

TEST(Options, ListTestsTakesGoogleBenchmarksForms) {
  EXPECT_TRUE(parse({"--benchmark_list_tests"}).options.list);
  EXPECT_TRUE(parse({"--benchmark_list_tests=true"}).options.list);
  EXPECT_FALSE(parse({"--benchmark_list_tests=false"}).options.list);
}

TEST(Options, TheEnvironmentSpeaksAsInGoogleBenchmark) {
  setenv("BENCHMARK_FILTER", "naive", 1);
  const std::string from_environment = parse({}).options.filter;
  const std::string from_command_line = parse({"--benchmark_filter=blas"}).options.filter;
  unsetenv("BENCHMARK_FILTER");
  EXPECT_EQ(from_environment, "naive");
  EXPECT_EQ(from_command_line, "blas");
}

TEST(Options, TheEnvironmentsOutputIsNotForADryRun) {
  setenv("BENCHMARK_OUT", "x.json", 1);
  const ParsedOptions run = parse({}), dry_run = parse({"--benchmark_dry_run"});
  const std::string from_command_line = parse({"--benchmark_out=y.json"}).options.out;
  unsetenv("BENCHMARK_OUT");
  EXPECT_EQ(run.options.out, "x.json");
  EXPECT_EQ(from_command_line, "y.json");
  EXPECT_EQ(dry_run.exit_code, std::nullopt);
  EXPECT_EQ(dry_run.options.out, "");
}

TEST(Options, MistakesAreUsageErrors) {
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"--matrix", "huge"},
                                             {"--axis", "S"},
                                             {"--dtype", "fp8"},
                                             {"--cache", "hot"},
                                             {"--process-seconds", "0"},
                                             {"--process-seconds", "soon"},
                                             {"--threads", "0"},
                                             {"--device", "-1"},
                                             {"--seed", "-1"},
                                             {"--seed", "99999999999999999999"},
                                             {"--benchmark_dry_run", "--benchmark_out=x.json"},
                                             {"--benchmark_dry_run", "--benchmark_format=json"},
                                             {"--benchmark_dry_run", "--assert-min", "minima.json"},
                                             {"--benchmark_repetitions=0"},
                                             {"--benchmark_format=csv"},
                                             {"--benchmark_out_format=csv"},
                                             {"--benchmark_context=nokey"},
                                             {"--benchmark_report_aggregates_only=true"},
                                             {"--benchmark_enable_random_interleaving=false"}}) {
    testing::internal::CaptureStderr();
    const ParsedOptions parsed = parse(arguments);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(parsed.exit_code, kExitUsage) << arguments[0];
    EXPECT_FALSE(said.empty()) << arguments[0];
  }
}

TEST(Options, HelpIsNoError) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, kExitOk);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("--matrix"));
}

}  // namespace
}  // namespace warpgauge::bench
