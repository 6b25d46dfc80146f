// What the flags mean. program_test.cc has a table of bad values.
#include "bench/options.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <sstream>

#include "bench/exit_code.h"
#include "tests/base/flag_table_checks.h"

namespace warpgauge::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ParsedOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "build/bin/bench");
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
  EXPECT_FALSE(o.selects_explicitly());
}

const std::vector<const char*> kEveryOption{"--matrix",
                                            "smoke",
                                            "--axis",
                                            "S=64,128",
                                            "--axis",
                                            "B=2",
                                            "--axis=window=31,0/none",
                                            "--dtype",
                                            "f16",
                                            "--dtype=bf16,f32",
                                            "--cache",
                                            "cold",
                                            "--process-seconds",
                                            "2.5",
                                            "--threads=2",
                                            "--device",
                                            "3",
                                            "--seed",
                                            "42",
                                            "--benchmark_filter=blas",
                                            "--benchmark_repetitions=7"};

void expect_every_option(const Options& o) {
  EXPECT_EQ(o.matrix->name, "smoke");
  EXPECT_THAT(o.axes, ElementsAre(Pair("B", ElementsAre("2")), Pair("S", ElementsAre("64", "128")),
                                  Pair("window", ElementsAre("31,0", "none"))));
  EXPECT_THAT(o.dtypes, ElementsAre(Dtype::f16, Dtype::bf16, Dtype::f32));
  EXPECT_EQ(o.cache_of(Backend::cpu), CacheMode::cold);
  EXPECT_EQ(o.seconds(), 2.5);
  EXPECT_EQ(o.threads, 2);
  EXPECT_EQ(o.device, 3);
  EXPECT_EQ(o.seed, 42u);
  EXPECT_EQ(o.repetitions, 7);
  EXPECT_TRUE(o.selects_explicitly());
}

TEST(Options, EveryOptionIsRead) {
  std::vector<const char*> arguments = kEveryOption;
  for (const char* output : {"--benchmark_out=x.json", "--benchmark_format=json",
                             "--benchmark_context=a=b,c=d", "--benchmark_context=e=f"})
    arguments.push_back(output);
  const ParsedOptions parsed = parse(arguments);
  ASSERT_FALSE(parsed.exit_code);
  const Options& o = parsed.options;
  expect_every_option(o);
  EXPECT_EQ(o.filter, "blas");
  EXPECT_EQ(o.out, "x.json");
  EXPECT_TRUE(o.json_on_stdout);
  EXPECT_THAT(o.context, ElementsAre(Pair("a", "b"), Pair("c", "d"), Pair("e", "f")));
}

TEST(Options, AReproducerHasEveryOptionThatDeterminesTheResult) {
  const std::string name = "cpu/blas/f32/B:2/H:4/S:64/D:64/causal:0/scale:0.5";
  const std::string command = reproducer(parse(kEveryOption).options, name);
  EXPECT_THAT(command, testing::StartsWith("build/bin/bench --matrix=smoke "));
  EXPECT_THAT(command, testing::EndsWith(
                           R"( --benchmark_filter='^cpu/blas/f32/B:2/H:4/S:64/D:64/causal:0/scale:0\.5$')"));
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  std::vector<const char*> arguments;
  for (std::size_t n = 1; n < words.size(); ++n) arguments.push_back(words[n].c_str());
  expect_every_option(parse(arguments).options);
}

TEST(Options, AReproducerOfADryRunIsADryRunAndQuotesItsProgram) {
  Options o = parse({"--benchmark_dry_run"}).options;
  o.program = "my builds/bench";
  EXPECT_EQ(reproducer(o, "cpu/blas"),
            "'my builds/bench' --matrix=ci --benchmark_dry_run --threads=1 --device=0 --seed=1 "
            "--benchmark_filter='^cpu/blas$'");
}

TEST(Options, ANegativeFilterIsAValue) {
  EXPECT_EQ(parse({"--benchmark_filter=-naive"}).options.filter, "-naive");
  EXPECT_EQ(parse({"--benchmark_filter", "-naive"}).options.filter, "-naive");
}

TEST(Options, SwitchesTakeTheFormsOfGoogleBenchmark) {
  EXPECT_TRUE(parse({"--benchmark_dry_run"}).options.dry_run);
  EXPECT_TRUE(parse({"--benchmark_dry_run=true"}).options.dry_run);
  EXPECT_FALSE(parse({"--benchmark_dry_run=false", "--benchmark_out=x.json"}).options.dry_run);
  EXPECT_TRUE(parse({"--benchmark_list_tests"}).options.list_cases);
  EXPECT_TRUE(parse({"--benchmark_list_tests=true"}).options.list_cases);
  EXPECT_FALSE(parse({"--benchmark_list_tests=false"}).options.list_cases);
}

TEST(Options, TheEnvironmentHasTheMeaningOfGoogleBenchmark) {
  setenv("BENCHMARK_FILTER", "naive", 1);
  const std::string from_environment = parse({}).options.filter;
  const std::string from_command_line = parse({"--benchmark_filter=blas"}).options.filter;
  unsetenv("BENCHMARK_FILTER");
  EXPECT_EQ(from_environment, "naive");
  EXPECT_EQ(from_command_line, "blas");
}

TEST(Options, BenchmarkOutOfTheEnvironmentDoesNotApplyToADryRun) {
  setenv("BENCHMARK_OUT", "x.json", 1);
  const ParsedOptions run = parse({}), dry_run = parse({"--benchmark_dry_run"});
  const std::string from_command_line = parse({"--benchmark_out=y.json"}).options.out;
  unsetenv("BENCHMARK_OUT");
  EXPECT_EQ(run.options.out, "x.json");
  EXPECT_EQ(from_command_line, "y.json");
  EXPECT_EQ(dry_run.exit_code, std::nullopt);
  EXPECT_EQ(dry_run.options.out, "");
}

TEST(Options, HelpHasEveryFlagOnce) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, kExitOk);
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_THAT(help, HasSubstr("\n  --matrix NAME "));
  EXPECT_THAT(help, HasSubstr("--process-seconds"));  // `compare ab` searches for it
  EXPECT_THAT(help, HasSubstr("\nExamples:\n"));
  Options options;
  expect_sound(flag_table(options), help);
}

}  // namespace
}  // namespace warpgauge::bench
