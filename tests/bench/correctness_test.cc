#include "bench/correctness.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/fuzz/faulty_kernels.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A station of the CPU, and a case of a right kernel and of one that throws.
class Correctness : public testing::Test {
 protected:
  void SetUp() override {
    options_.matrix = find_matrix("smoke");
    options_.dry_run = true;
    stations_ = make_stations(cases_, options_, 1);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::vector<CaseResult> check() {
    CheckedStore store(directory_, 1, 1, 1);
    return check_cases(cases_, stations_, store, 1, 1);
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("warpgauge_correctness_" + std::to_string(::getpid()));
  const Kernel throws_ = faulty::kernel<faulty::Throws>("throws");
  const std::vector<Case> cases_{{&faulty::kRight, {.seq_q = 4, .seq_k = 4}, "cpu/right", ""},
                                 {&throws_, {.seq_q = 4, .seq_k = 4}, "cpu/throws", ""}};
  Options options_;
  Stations stations_;
};

TEST_F(Correctness, AFailureOfOneCaseIsNoOthers) {
  const std::vector<CaseResult> results = check();
  EXPECT_EQ(results[0].failure, "");
  EXPECT_THAT(results[1].failure, HasSubstr("planted"));
}

TEST_F(Correctness, NothingIsLaunchedOnALostDeviceAndNoKernelIsCalledWrongForIt) {
  stations_.at(Backend::cpu).lost = "the device was lost through cuda/other";
  for (const CaseResult& result : check())
    EXPECT_EQ(result.failure, "failed: the device was lost through cuda/other");
}

TEST_F(Correctness, WhatWasMeasuredBeforeTheDeviceWasLostStands) {
  std::vector<CaseResult> results = check();
  results[0].repetitions.push_back({.samples_ns = {1}});
  stations_.at(Backend::cpu).lost = "the device was lost through cuda/other";
  check_again(results, stations_, 1);
  EXPECT_EQ(results[0].failure, "");
}

TEST_F(Correctness, OtherBitsAfterTheTimingAreWrong) {
  std::vector<CaseResult> results = check();
  ++results[0].output_hash;
  check_again(results, stations_, 1);
  EXPECT_THAT(results[0].failure, StartsWith("wrong: was right before it was timed"));
}

TEST_F(Correctness, EachCheckedCaseIsRememberedAtOnce) {
  CheckedStore store(directory_, 1, 1, 1);
  check_cases(cases_, stations_, store, 1, 1);
  EXPECT_TRUE(CheckedStore(directory_, 1, 1, 1).find("cpu/right"));
}

}  // namespace
}  // namespace warpgauge::bench
