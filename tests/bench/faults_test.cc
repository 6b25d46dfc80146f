// The bench program with planted faults: a wrong kernel gets no time, and does not stop the others.
#include <gmock/gmock.h>

#include <map>

#include "compare/input/reader.h"
#include "kernels/backend.h"
#include "tests/bench/program.h"

namespace warpgauge {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Faults : public Program {};

TEST_F(Faults, AWrongKernelIsAnErrorInEveryRowAndNeverATime) {
  for (const std::string kernel : {"zeros", "one_nan", "drops_last_key", "leaves_row_unwritten", "throws"}) {
    const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cpu/" + kernel);
    EXPECT_EQ(done.exit_code, 1) << kernel << done.err;
    EXPECT_THAT(done.err, HasSubstr("cpu/" + kernel)) << kernel;
    ASSERT_THAT(rows_of(kernel), SizeIs(3)) << kernel;
    for (const json& row : rows_of(kernel)) {
      EXPECT_EQ(row.value("error_occurred", false), true) << kernel;
      EXPECT_FALSE(row.contains("samples_ns")) << kernel;
      EXPECT_FALSE(row.contains("tflops")) << kernel;
      EXPECT_EQ(row["real_time"], 0) << kernel;
    }
    for (const warpgauge::Case& each : read_process((directory_ / "r.json").string(), {}).cases)
      EXPECT_NE(each.failure, "") << kernel;
  }
}

// These are right on the operands that are timed. Only the additional checks detect the fault.
TEST_F(Faults, AKernelThatIsWrongOnOtherInputsIsWrong) {
  for (const auto& [kernel, reason] :
       std::map<std::string, std::string>{{"wrong_on_zero_queries", ": wrong: output (counting): "},
                                          {"wrong_on_needles", ": wrong: output (needles): "},
                                          {"writes_past_end", ": wrong: stays_inside (normal): "}}) {
    const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cpu/" + kernel);
    EXPECT_EQ(done.exit_code, 1) << kernel;
    EXPECT_THAT(done.err, HasSubstr("cpu/" + kernel + "/f32/B:1/H:2/S:64/D:64/causal:0" + reason));
    ASSERT_THAT(rows_of(kernel), SizeIs(3)) << kernel;
    for (const json& row : rows_of(kernel)) EXPECT_TRUE(row.contains("error_occurred")) << kernel;
  }
}

TEST_F(Faults, AKernelThatIgnoresItsStreamIsWrong) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cuda/ignores_stream");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, ContainsRegex("cuda/ignores_stream/.*: wrong: on_stream "));
}

TEST_F(Faults, ALostGpuIsReportedAndDoesNotAffectCpuCases) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='cpu/right|cuda/loses_device'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("the device became unusable in cuda/loses_device/"));
  ASSERT_THAT(rows_of("right"), SizeIs(3));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, ACrashNamesItsCaseAndHowToReproduceIt) {
  const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|crashes'");
  EXPECT_NE(done.exit_code, 0);
  const std::string name = "cpu/crashes/f32/B:1/H:2/S:64/D:64/causal:0";
  EXPECT_THAT(done.err, HasSubstr("warpgauge-bench: error: SIGSEGV in " + name +
                                  "; to reproduce: " + BENCH_WITH_FAULTS + " --matrix=smoke "));
  EXPECT_THAT(done.err, HasSubstr(" --benchmark_filter='^" + name + "$'\n"));
}

TEST_F(Faults, AWrongKernelDoesNotStopTheOthers) {
  const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|zeros'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(rows_of("zeros"), SizeIs(3));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, ACaseThatFailsWhileItIsTimedHasNoNumbers) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|throws_later'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("planted, later"));
  for (const json& row : rows_of("throws_later")) EXPECT_TRUE(row.contains("error_occurred"));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, AKernelThatGoesWrongWhileItIsTimedIsWrong) {
  // `tires` does not claim to be deterministic, so its output is compared with the oracle again. A checked
  // row of a timed launch may show the fault first.
  for (const auto& [kernel, reason] : std::map<std::string, std::string>{
           {"wears_out", "right in its check, wrong in|right before the timing; after it, the output is not"},
           {"tires", "right in its check, wrong in|right before the timing, wrong after it: output"}}) {
    const Finished done = run(BENCH_WITH_FAULTS,
                              "--matrix smoke --axis S=16 --axis Sk=16 --axis H=1 --axis Hkv=1 --axis B=1 "
                              "--axis causal=0 --threads 1 --process-seconds 0.3 --benchmark_out=r.json "
                              "--benchmark_filter=cpu/" +
                                  kernel);
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_THAT(done.err, ContainsRegex(reason));
    EXPECT_THAT(rows_of(kernel), Not(IsEmpty()));
    for (const json& row : rows_of(kernel)) EXPECT_FALSE(row.contains("samples_ns"));
  }
}

TEST_F(Faults, AKernelThatClaimsToBeDeterministicAndIsNotIsWrong) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cpu/nondeterministic");
  EXPECT_EQ(done.exit_code, 1) << done.err;
}

TEST_F(Faults, AReproducerFailsAgain) {
  const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--seed 7 --benchmark_filter=zeros");
  const std::string label = "\n  reproducer: ";
  const std::size_t begin = done.err.find(label);
  ASSERT_NE(begin, std::string::npos) << done.err;
  const std::string command =
      done.err.substr(begin + label.size(), done.err.find('\n', begin + 1) - begin - label.size());
  EXPECT_THAT(command, HasSubstr(" --seed=7 "));
  const Finished again = run_command(command);
  EXPECT_EQ(again.exit_code, 1) << command;
  EXPECT_THAT(again.err, HasSubstr("  reproducer: " + command));
}

}  // namespace
}  // namespace warpgauge
