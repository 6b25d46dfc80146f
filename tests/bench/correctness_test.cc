#include "bench/correctness.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/fuzz/faulty_kernels.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The CPU, with a case of a right kernel and a case of one that throws.
class Correctness : public testing::Test {
 protected:
  void SetUp() override {
    options_.matrix = find_matrix("smoke");
    options_.dry_run = true;
    runtimes_ = make_runtimes(cases_, options_, 1);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::vector<CaseResult> check() {
    CheckedStore store(directory_, 1, 1, 1);
    return check_cases(cases_, runtimes_, store, 1, 1);
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("warpgauge_correctness_" + std::to_string(::getpid()));
  const Kernel throws_ = faulty::kernel<faulty::Throws>("throws");
  const std::vector<Case> cases_{{&faulty::kRight, {.seq_q = 4, .seq_k = 4}, "cpu/right", ""},
                                 {&throws_, {.seq_q = 4, .seq_k = 4}, "cpu/throws", ""}};
  Options options_;
  BackendRuntimes runtimes_;
};

TEST_F(Correctness, AFailureAffectsOneCaseOnly) {
  const std::vector<CaseResult> results = check();
  EXPECT_EQ(results[0].failure, "");
  EXPECT_THAT(results[1].failure, HasSubstr("planted"));
}

TEST_F(Correctness, NothingIsLaunchedOnALostDeviceAndNoKernelIsCalledWrong) {
  runtimes_.at(Backend::cpu).lost = "the device became unusable in cuda/other";
  for (const CaseResult& result : check())
    EXPECT_EQ(result.failure, "failed: the device became unusable in cuda/other");
}

TEST_F(Correctness, ResultsFromBeforeTheLossOfTheDeviceStay) {
  std::vector<CaseResult> results = check();
  results[0].repetitions.push_back({.samples_ns = {1}});
  runtimes_.at(Backend::cpu).lost = "the device became unusable in cuda/other";
  check_again(results, runtimes_, 1);
  EXPECT_EQ(results[0].failure, "");
}

TEST_F(Correctness, AnOutputThatIsNotBitIdenticalAfterTheTimingIsWrong) {
  std::vector<CaseResult> results = check();
  ++results[0].output_hash;
  check_again(results, runtimes_, 1);
  EXPECT_THAT(results[0].failure,
              StartsWith("wrong: right before the timing; after it, the output is not bit-identical"));
}

TEST_F(Correctness, ATimeThatThisMachineCannotReachIsAnError) {
  std::vector<CaseResult> results = check();
  results[0].repetitions.push_back({.samples_ns = {1e6, 1e6, 1e6}});
  runtimes_.at(Backend::cpu).ceilings = measure_cpu_ceilings(1);
  refuse_impossible_times(results, runtimes_);
  EXPECT_EQ(results[0].failure, "");
  results[0].repetitions[0].samples_ns = {1e-3, 1e-3, 1e6};
  refuse_impossible_times(results, runtimes_);
  EXPECT_THAT(results[0].failure, HasSubstr("failed: faster than possible: "));
  EXPECT_FALSE(results[0].timed());
}

TEST_F(Correctness, RowsOfTimedLaunchesAreComparedWithTheOracle) {
  std::vector<CaseResult> results = check();
  RowRecorder recorder(Backend::cpu, cases_[0].problem);
  const Operands operands = runtimes_.at(Backend::cpu).pool->bind(faulty::kRight, cases_[0].problem);
  constexpr std::uint64_t kDraw = 5;
  runtimes_.at(Backend::cpu).pool->renew(cases_[0].problem, RenewalDraw(kDraw));
  (void)runtimes_.at(Backend::cpu).sampler->take(faulty::kRight, operands, recorder.choose(1));
  results[0].timed_rows.push_back(recorder.recorded(kDraw));
  check_timed_rows(results, runtimes_);
  EXPECT_EQ(results[0].failure, "");
  results[0].timed_rows[0].o[0] += 1;
  check_timed_rows(results, runtimes_);
  EXPECT_THAT(results[0].failure, StartsWith("wrong: right in its check, wrong in 1 of 1 timed launches"));
}

TEST_F(Correctness, EachCheckedCaseIsStoredAtOnce) {
  CheckedStore store(directory_, 1, 1, 1);
  (void)check_cases(cases_, runtimes_, store, 1, 1);
  EXPECT_TRUE(CheckedStore(directory_, 1, 1, 1).find("cpu/right"));
}

}  // namespace
}  // namespace warpgauge::bench
