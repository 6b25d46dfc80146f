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
  runtimes_.at(Backend::cpu).lost = "the device was lost by cuda/other";
  for (const CaseResult& result : check())
    EXPECT_EQ(result.failure, "failed: the device was lost by cuda/other");
}

TEST_F(Correctness, ResultsFromBeforeTheLossOfTheDeviceStay) {
  std::vector<CaseResult> results = check();
  results[0].repetitions.push_back({.samples_ns = {1}});
  runtimes_.at(Backend::cpu).lost = "the device was lost by cuda/other";
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

TEST_F(Correctness, EachCheckedCaseIsStoredAtOnce) {
  CheckedStore store(directory_, 1, 1, 1);
  (void)check_cases(cases_, runtimes_, store, 1, 1);
  EXPECT_TRUE(CheckedStore(directory_, 1, 1, 1).find("cpu/right"));
}

}  // namespace
}  // namespace warpgauge::bench
