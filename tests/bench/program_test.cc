// The command line of the bench program, its files and its exit codes.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <regex>
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

TEST_F(Program, ADryRunChecksAndMeasuresNothing) {
  const std::string one_case =
      "--matrix smoke --axis S=64 --axis H=2 --axis Hkv=2 --axis B=1 --axis Sk=64 --axis causal=0 "
      "--benchmark_dry_run ";
  const Finished right = run(BENCH_WITH_FAULTS, one_case + "--benchmark_filter=cpu/right");
  EXPECT_EQ(right.exit_code, 0) << right.err;
  EXPECT_THAT(right.out, AllOf(ContainsRegex("cpu/right/.* +-  +-  +-  +ok 0\\.[0-9]+\n"),
                               Not(HasSubstr(" us")), Not(HasSubstr(" ms"))));
  const Finished wrong = run(BENCH_WITH_FAULTS, one_case + "--benchmark_filter='cpu/(right|zeros)'");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("cpu/zeros/f32/B:1/H:2/S:64/D:64/causal:0: wrong: output"));
}

TEST_F(Program, ALaterProcessOfTheSameBinaryTrustsTheHashOfAnOutput) {
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
  // An output with another hash is checked fully.
  for (auto& [name, checked] : stored["cases"].items()) checked["output"] = "0123456789abcdef";
  std::ofstream(store) << stored;
  ASSERT_EQ(run(BENCH_WITH_FAULTS, arguments).exit_code, 0);
  EXPECT_NE(rows_of("right")[0]["err_over_bound"], 0.125);
}

TEST_F(Program, UnsupportedCasesThatAreSelectedAreSkippedWithTheReason) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--axis D=32,64 --benchmark_filter=fussy");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("skipped: D is not 64"));
  int skipped = 0;
  for (const json& row : rows_of("fussy")) skipped += row.contains("skip_message");
  EXPECT_EQ(skipped, 1);
}

struct BadFlag {
  std::string flags;
  std::string message;  // begins with the flag and its value, and says what is expected
};

// Each flag with an empty, a negative, a huge, and an unknown value, as far as its kind has them.
const std::vector<BadFlag> kBadFlags{
    {"--matrix=", "--matrix: '' is not a matrix; give smoke, ci, seed, full or models"},
    {"--matrix=smok",
     "--matrix: 'smok' is not a matrix; did you mean smoke? give smoke, ci, seed, full or models"},
    {"--matrix=-1", "--matrix: '-1' is not a matrix; "},
    {"--matrix", "--matrix: has no value; write --matrix NAME"},
    {"--axis=", "--axis: '' has no '='; write NAME=N[,N...], for example S=448,512,640"},
    {"--axis=S", "--axis: 'S' has no '='; "},
    {"--axis=X=1",
     "--axis: 'X=1' is not one of the axes B, H, Hkv, S, Sk, D, Dv, window, causal, softcap, sinks and "
     "bias; "},
    {"--axis=S=", "--axis: 'S=' needs whole numbers from 1 to "},
    {"--axis=S=-1", "--axis: 'S=-1' needs whole numbers from 1 to "},
    {"--axis=S=9223372036854775808", "--axis: 'S=9223372036854775808' needs whole numbers from 1 to "},
    {"--axis=S=9223372036854775807", "is not a valid problem: "},
    {"--axis=window=5",
     "--axis: 'window=5' needs pairs LEFT,RIGHT of whole numbers of at least 0, or -1 for all "
     "keys; write window=LEFT,RIGHT[/LEFT,RIGHT...], for example window=1023,0/none"},
    {"--axis=window=5,0 --axis=causal=0",
     "is not a valid problem: a window's right side is 0 exactly if causal"},
    {"--axis=softcap=-1", "--axis: 'softcap=-1' needs finite numbers of at least 0; "},
    {"--axis=sinks=2", "--axis: 'sinks=2' needs whole numbers from 0 to 1; "},
    {"--axis=bias=x", "--axis: 'bias=x' needs none, alibi or tensor; "},
    {"--axis=causal=2", "--axis: 'causal=2' needs whole numbers from 0 to 1; "},
    {"--axis=S=1 --axis=S=2", "--axis: 'S=2' gives S a second time; "},
    {"--axis=Hkv=3", "--axis: 'f32/B:1/H:4/Hkv:3/S:128/D:64/causal:0' is not a valid problem: "},
    {"--dtype=", "--dtype: '' is not a type; give f32, f16 or bf16"},
    {"--dtype=fp8", "--dtype: 'fp8' is not a type; give f32, f16 or bf16"},
    {"--dtype=f16,", "--dtype: '' is not a type; "},
    {"--benchmark_filter='('", "--benchmark_filter: '(' is not a regular expression: "},
    {"--benchmark_filter='[a'", "--benchmark_filter: '[a' is not a regular expression: "},
    {"--benchmark_filter='*a'", "--benchmark_filter: '*a' is not a regular expression: "},
    {"--benchmark_filter=cpu/blsa",
     "--benchmark_filter: 'cpu/blsa' matches no case of the matrix ci; did you mean cpu/blas?"},
    {"--benchmark_filter=-.", "--benchmark_filter: '-.' matches no case of the matrix ci; "},
    {"--benchmark_filter=^simt/", "--benchmark_filter: '^simt/' selects only emulated kernels (simt/"},
    {"--process-seconds=", "--process-seconds: '' is not a valid number; give seconds from 0.001 to 86400"},
    {"--process-seconds=0", "--process-seconds: '0' is not a valid number"},
    {"--process-seconds=-1", "--process-seconds: '-1' is not a valid number"},
    {"--process-seconds=1e300", "--process-seconds: '1e300' is not a valid number"},
    {"--process-seconds=nan", "--process-seconds: 'nan' is not a valid number"},
    {"--process-seconds=soon", "--process-seconds: 'soon' is not a valid number"},
    {"--benchmark_repetitions=",
     "--benchmark_repetitions: '' is not a valid number; give a whole number from 1 to 10000"},
    {"--benchmark_repetitions=0", "--benchmark_repetitions: '0' is not a valid number"},
    {"--benchmark_repetitions=-3", "--benchmark_repetitions: '-3' is not a valid number"},
    {"--benchmark_repetitions=99999999999", "--benchmark_repetitions: '99999999999' is not a valid number"},
    {"--cache=", "--cache: '' is not a cache mode; give cold or warm"},
    {"--cache=hot", "--cache: 'hot' is not a cache mode; give cold or warm"},
    {"--threads=", "--threads: '' is not a valid number; give a whole number from 1 to 4096"},
    {"--threads=0", "--threads: '0' is not a valid number"},
    {"--threads=-1", "--threads: '-1' is not a valid number"},
    {"--threads=1.5", "--threads: '1.5' is not a valid number"},
    {"--threads=99999999999", "--threads: '99999999999' is not a valid number"},
    {"--threads=4096", "--threads: '4096' is more than the "},
    {"--device=", "--device: '' is not a valid number; give a whole number from 0 to 1023"},
    {"--device=-1", "--device: '-1' is not a valid number"},
    {"--device=x", "--device: 'x' is not a valid number"},
    {"--device=99999999999", "--device: '99999999999' is not a valid number"},
    {"--seed=", "--seed: '' is not a valid number; give a whole number from 0 to 18446744073709551615"},
    {"--seed=-1", "--seed: '-1' is not a valid number"},
    {"--seed=18446744073709551616", "--seed: '18446744073709551616' is not a valid number"},
    {"--seed=x", "--seed: 'x' is not a valid number"},
    {"--benchmark_out=", "--benchmark_out: '' is empty; give the name of a file"},
    {"--benchmark_out=no/such/r.json",
     "--benchmark_out: no/such/r.json: cannot be written: No such file or directory; name a file in a "
     "folder"},
    {"--benchmark_out=.", "--benchmark_out: .: is a folder; name a file in it"},
    {"--benchmark_out_format=", "--benchmark_out_format: '' is not a format; give json"},
    {"--benchmark_out_format=csv", "--benchmark_out_format: 'csv' is not a format; give json"},
    {"--benchmark_format=", "--benchmark_format: '' is not a format; give console or json"},
    {"--benchmark_format=csv", "--benchmark_format: 'csv' is not a format; give console or json"},
    {"--benchmark_context=", "--benchmark_context: '' is not KEY=VALUE; write KEY=VALUE"},
    {"--benchmark_context=nokey", "--benchmark_context: 'nokey' is not KEY=VALUE; write KEY=VALUE"},
    {"--benchmark_context==value", "--benchmark_context: '=value' is not KEY=VALUE; write KEY=VALUE"},
    {"--assert-min=", "--assert-min: '' is empty; give the name of a file"},
    {"--assert-min=none.json", "--assert-min: none.json: cannot be opened: No such file or directory; "},
    {"--assert-min=.", "--assert-min: .: is a directory, not a file; "},
    {"--assert-min=" BENCH, "--assert-min: " BENCH ":1:"},
    {"--benchmark_min_time=", "--benchmark_min_time: '' is not a valid number"},
    {"--benchmark_min_time=-1", "--benchmark_min_time: '-1' is not a valid number"},
    {"--benchmark_min_time=soon", "--benchmark_min_time: 'soon' is not a valid number"},
    {"--benchmark_min_time=1e300s", "--benchmark_min_time: '1e300' is not a valid number"},
    {"--benchmark_min_warmup_time=", "--benchmark_min_warmup_time: '' is not a valid number"},
    {"--benchmark_min_warmup_time=soon", "--benchmark_min_warmup_time: 'soon' is not a valid number"},
    {"--benchmark_enable_random_interleaving=false",
     "--benchmark_enable_random_interleaving: 'false' is not possible: repetitions are always interleaved; "
     "omit the flag"},
    {"--benchmark_enable_random_interleaving=maybe", "'maybe' is neither true nor false"},
    {"--benchmark_report_aggregates_only", "'true' is not possible: rows are single repetitions, "},
    {"--benchmark_report_aggregates_only=",
     "--benchmark_report_aggregates_only: '' is neither true nor false"},
    {"--benchmark_display_aggregates_only=true", "'true' is not possible: rows are single repetitions, "},
    {"--benchmark_time_unit=", "--benchmark_time_unit: '' is not a unit; give ns, us, ms or s"},
    {"--benchmark_time_unit=parsec", "--benchmark_time_unit: 'parsec' is not a unit; give ns, us, ms or s"},
    {"--benchmark_color=", "--benchmark_color: '' is neither true nor false"},
    {"--benchmark_color=red", "--benchmark_color: 'red' is neither true nor false"},
    {"--benchmark_counters_tabular=-1", "--benchmark_counters_tabular: '-1' is neither true nor false"},
    {"--v=", "--v: '' is not a valid number; give a whole number from 0 to 100"},
    {"--v=-1", "--v: '-1' is not a valid number"},
    {"--benchmark_dry_run=maybe", "--benchmark_dry_run: 'maybe' is neither true nor false"},
    {"--benchmark_dry_run --benchmark_out=x.json", "--benchmark_out: needs times, and --benchmark_dry_run "},
    {"--benchmark_dry_run --benchmark_format=json", "--benchmark_format=json: needs times, "},
    {"--benchmark_dry_run --assert-min=x.json", "--assert-min: needs times, "},
    {"--benchmark_list_tests=maybe", "--benchmark_list_tests: 'maybe' is neither true nor false"},
    {"--kernels=maybe", "--kernels: 'maybe' is neither true nor false"},
    {"--matrices=maybe", "--matrices: 'maybe' is neither true nor false"},
    {"--problems=maybe", "--problems: 'maybe' is neither true nor false"},
    {"--no-such-flag", "--no-such-flag: is not a flag; see warpgauge-bench --help"},
    {"--matrx=ci", "--matrx: is not a flag; did you mean --matrix? see warpgauge-bench --help"},
    {"--benchmark_perf_counters=CYCLES", "--benchmark_perf_counters: is not a flag; "},
    {"--seed=1 --seed=2", "--seed: is given twice; give it once"},
    {"smoke", "'smoke': is one argument too many; see warpgauge-bench --help"},
};

TEST_F(Program, ABadValueOfAnyFlagGivesTwoAndSaysWhatIsExpectedBeforeAnyWork) {
  for (const BadFlag& bad : kBadFlags) {
    const Finished done = run(BENCH, bad.flags);
    EXPECT_EQ(done.exit_code, 2) << bad.flags << "\n" << done.err;
    EXPECT_THAT(done.err, testing::StartsWith("warpgauge-bench: error: ")) << bad.flags;
    EXPECT_THAT(done.err, HasSubstr(bad.message)) << bad.flags;
    EXPECT_EQ(done.out, "") << bad.flags;
    EXPECT_FALSE(fs::exists(directory_ / ".warpgauge")) << bad.flags;  // nothing was checked
  }
}

TEST_F(Program, TheTableOfBadValuesHoldsEveryFlag) {
  const std::string help = run(BENCH, "--help").out;
  const std::regex flag("[ \n](--[-_a-z]+)");
  int flags = 0;
  for (std::sregex_iterator found(help.begin(), help.end(), flag), end; found != end; ++found) {
    const std::string name = (*found)[1];
    if (name == "--help" || name == "--version") continue;
    ++flags;
    EXPECT_TRUE(std::ranges::any_of(kBadFlags, [&](const BadFlag& bad) {
      return bad.flags.starts_with(name + "=") || bad.flags == name;
    })) << name;
  }
  EXPECT_GE(flags, 28);
}

TEST_F(Program, BadValuesInTheEnvironmentAreUsageErrorsToo) {
  for (const auto& [variable, message] : std::vector<std::pair<std::string, std::string>>{
           {"BENCHMARK_FILTER='('", "BENCHMARK_FILTER: '(' is not a regular expression: "},
           {"BENCHMARK_REPETITIONS=0",
            "BENCHMARK_REPETITIONS: '0' is not a valid number; give a whole number from 1 to 10000"},
           {"BENCHMARK_MIN_TIME=soon", "BENCHMARK_MIN_TIME: 'soon' is not a valid number"},
           {"BENCHMARK_OUT=no/such/r.json", "--benchmark_out: no/such/r.json: cannot be written: "}}) {
    const Finished done = run(BENCH, "--matrix smoke", variable);
    EXPECT_EQ(done.exit_code, 2) << variable;
    EXPECT_THAT(done.err, HasSubstr("warpgauge-bench: error: " + message)) << variable;
  }
}

TEST_F(Program, CasesThatCannotBeMeasuredAreUsageErrors) {
  const Finished slow = run(BENCH, "--matrix smoke --axis S=1024 --benchmark_filter=cpu/naive");
  EXPECT_EQ(slow.exit_code, 2);
  EXPECT_THAT(slow.err, HasSubstr("too much work for the matrix smoke"));
  const Finished huge = run(BENCH, "--matrix smoke --axis S=9999999 --benchmark_filter=cpu/blas");
  EXPECT_EQ(huge.exit_code, 2);
  EXPECT_THAT(huge.err, HasSubstr("GiB are free; use smaller shapes"));
  const Finished unsupported = run(BENCH_WITH_FAULTS, "--axis D=32 --benchmark_filter=fussy");
  EXPECT_EQ(unsupported.exit_code, 2);
  EXPECT_THAT(unsupported.err, HasSubstr("no selected case is supported; cpu/fussy/f32/B:1/H:4/S:128/D:32"));
}

TEST_F(Program, WithoutAGpuOnlyCudaCasesGive77AndOneIfAGpuIsRequired) {
  if (backend_unavailable(Backend::cuda).empty()) GTEST_SKIP() << "there is a GPU here";
  const Finished both = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|on_gpu'");
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_THAT(both.err, HasSubstr("warpgauge-bench: warning: cuda kernels are excluded: "));
  const Finished only = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=on_gpu");
  EXPECT_EQ(only.exit_code, 77);
  EXPECT_THAT(only.err, HasSubstr("nothing was measured: the selected cases need cuda: "));
  const Finished listed = run(BENCH, "--benchmark_filter=^cuda/flash_mma/ --benchmark_list_tests");
  EXPECT_EQ(listed.exit_code, 77);
  EXPECT_THAT(listed.err, HasSubstr("nothing was measured: "));
  const Finished required =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=right", "WARPGAUGE_REQUIRE_GPU=1");
  EXPECT_EQ(required.exit_code, 1);
  EXPECT_THAT(required.err, HasSubstr("a GPU is required (WARPGAUGE_REQUIRE_GPU=1): "));
}

TEST_F(Program, ResultsThatCannotBeWrittenGiveFiveAndAreSavedElsewhere) {
  const std::string quick =
      "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas/f32/B:1/H:4/S:128 ";
  const std::string saved = "the results are in " + directory_.string() + "/warpgauge-results-";
  const std::string temporary = "TMPDIR='" + directory_.string() + "'";
  const Finished full = run(BENCH, quick + "--benchmark_out=/dev/full", temporary);
  EXPECT_EQ(full.exit_code, 5);
  EXPECT_THAT(full.err, AllOf(HasSubstr("/dev/full: cannot be written: "), HasSubstr(saved)));
  EXPECT_THAT(full.out, HasSubstr("TFLOP/s")) << "the table is printed all the same";
  const std::size_t begin = full.err.find(saved) + std::string("the results are in ").size();
  std::ifstream results(full.err.substr(begin, full.err.find('\n', begin) - begin));
  EXPECT_FALSE(json::parse(results)["benchmarks"].empty());

  const Finished no_stdout = run_command(temporary + " sh -c '\"" BENCH "\" " + quick + " >/dev/full'");
  EXPECT_EQ(no_stdout.exit_code, 5);
  EXPECT_THAT(no_stdout.err, AllOf(HasSubstr("stdout: cannot be written"), HasSubstr(saved)));
  EXPECT_EQ(run(BENCH, quick + "--benchmark_out=/dev/stdout --benchmark_format=json").exit_code, 0);
}

TEST_F(Program, ListsKernelsMatricesAndItsVersion) {
  const Finished kernels = run(BENCH, "--kernels");
  EXPECT_EQ(kernels.exit_code, 0);
  EXPECT_THAT(kernels.out,
              ContainsRegex("cpu/blas +runs here, on the CPU\n    .*\n    supports: f32 f16 bf16; "));
  EXPECT_THAT(kernels.out, HasSubstr("\ncuda/flash_mma "));
  const Finished matrices = run(BENCH, "--matrices");
  EXPECT_EQ(matrices.exit_code, 0);
  EXPECT_THAT(matrices.out, ContainsRegex("smoke  CPU: [0-9]+ cases\\. CUDA: .*\nci "));
  const Finished problems = run(BENCH, "--matrix models --problems");
  EXPECT_EQ(problems.exit_code, 0);
  EXPECT_THAT(problems.out, HasSubstr("window:511,0/softcap:50\n    Gemma 2 9B, window layer, prefill\n"));
  const Finished version = run(BENCH, "--version");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("warpgauge-bench [0-9.]+ \\([-0-9A-Za-z._+]+\\)\n"));
}

TEST_F(Program, JsonOnStdoutIsJsonAlone) {
  const Finished done =
      run(BENCH, "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas --benchmark_format=json");
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_FALSE(json::parse(done.out)["benchmarks"].empty());
}

TEST_F(Program, BenchmarkOutIsWrittenOnceWithOurContext) {
  const Finished done =
      run(BENCH, "--matrix smoke --process-seconds 0.05 --benchmark_filter=cpu/blas", "BENCHMARK_OUT=r.json");
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_TRUE(result()["context"].contains("warpgauge"));
}

TEST_F(Program, OtherFlagsOfGoogleBenchmarkDoNotChangeTheRows) {
  const std::string arguments = std::string(kQuick) + "--benchmark_filter=cpu/blas ";
  for (const auto& [flags, environment] : std::vector<std::pair<std::string, std::string>>{
           {"--benchmark_min_time=0.5 --benchmark_min_warmup_time=0.2 --benchmark_time_unit=ms", ""},
           {"--benchmark_enable_random_interleaving", "BENCHMARK_ENABLE_RANDOM_INTERLEAVING=true"},
           {"--benchmark_color=auto --benchmark_counters_tabular --v=1 "
            "--benchmark_report_aggregates_only=false",
            ""},
           {"",
            "BENCHMARK_REPORT_AGGREGATES_ONLY=true BENCHMARK_MIN_WARMUP_TIME=0.2 BENCHMARK_TIME_UNIT=parsec "
            "BENCHMARK_FORMAT=xml BENCHMARK_MIN_TIME=0.5s"}}) {
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

TEST_F(Program, AnInterruptLeavesTheOldFile) {
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
