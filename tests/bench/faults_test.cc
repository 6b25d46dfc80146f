// Kernels with planted faults, as the bench program has them: none gets a time, and none stops another.
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

// It is right on the operands that are timed, so that only what bench asks beside them shows the fault.
TEST_F(Faults, AKernelThatIsWrongElsewhereIsWrong) {
  for (const auto& [kernel, told] :
       std::map<std::string, std::string>{{"wrong_on_zero_queries", " wrong: output (counting): "},
                                          {"wrong_on_needles", " wrong: output (needles): "},
                                          {"writes_past_end", " wrong: stays_inside (normal): "}}) {
    const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cpu/" + kernel);
    EXPECT_EQ(done.exit_code, 1) << kernel;
    EXPECT_THAT(done.err, HasSubstr("cpu/" + kernel + "/f32/B:1/H:2/S:64/D:64/causal:0" + told));
    ASSERT_THAT(rows_of(kernel), SizeIs(3)) << kernel;
    for (const json& row : rows_of(kernel)) EXPECT_TRUE(row.contains("error_occurred")) << kernel;
  }
}

TEST_F(Faults, AKernelThatIgnoresItsStreamIsWrong) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cuda/ignores_stream");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, ContainsRegex("cuda/ignores_stream/.* wrong: on_stream "));
}

TEST_F(Faults, AGpuThatIsLostIsToldAndHindersNoCpuCase) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='cpu/right|cuda/loses_device'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("the device was lost through cuda/loses_device/"));
  ASSERT_THAT(rows_of("right"), SizeIs(3));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, ACrashNamesItsCase) {
  const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|crashes'");
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.err, HasSubstr("warpgauge-bench: SIGSEGV in cpu/crashes/f32/B:1/H:2/S:64/D:64/causal:0"));
}

TEST_F(Faults, AWrongKernelDoesNotStopTheOthers) {
  const Finished done = run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|zeros'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(rows_of("zeros"), SizeIs(3));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, ACaseThatFailsWhileItIsTimedKeepsNoNumbers) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter='right|throws_later'");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("planted, later"));
  for (const json& row : rows_of("throws_later")) EXPECT_TRUE(row.contains("error_occurred"));
  for (const json& row : rows_of("right")) EXPECT_TRUE(row.contains("samples_ns"));
}

TEST_F(Faults, AKernelThatGoesWrongWhileItIsTimedIsWrong) {
  // `tires` promises no bits, so its output is checked once more.
  for (const auto& [kernel, told] : std::map<std::string, std::string>{
           {"wears_out", "gives other bits after"},
           {"tires", "was right before it was timed, and is not after: output"}}) {
    const Finished done = run(BENCH_WITH_FAULTS,
                              "--matrix smoke --axis S=16 --axis Sk=16 --axis H=1 --axis Hkv=1 --axis B=1 "
                              "--axis causal=0 --threads 1 --process-seconds 0.3 --benchmark_out=r.json "
                              "--benchmark_filter=cpu/" +
                                  kernel);
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_THAT(done.err, HasSubstr(told));
    EXPECT_THAT(rows_of(kernel), Not(IsEmpty()));
    for (const json& row : rows_of(kernel)) EXPECT_FALSE(row.contains("samples_ns"));
  }
}

TEST_F(Faults, AKernelThatOnlySaysThatItIsDeterministicIsWrong) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--benchmark_filter=cpu/nondeterministic");
  EXPECT_EQ(done.exit_code, 1) << done.err;
}

}  // namespace
}  // namespace warpgauge
