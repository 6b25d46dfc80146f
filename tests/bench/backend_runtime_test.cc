#include "bench/backend_runtime.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "bench/correctness.h"
#include "bench/measure.h"
#include "tests/fuzz/fatal_kernels.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;

constexpr char kLoss[] = "the device became unusable in cpu/loses_device: planted loss";

// Passes its check, and makes the device unusable when it is timed.
struct LosesDeviceLater : faulty::Right {
  static inline int launches = 0;
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    if (++launches <= 5) return;
    faulty::device_is_lost = true;
    throw std::runtime_error("planted loss");
  }
};

// A CPU backend that counts as lost after a kernel made it unusable.
class BackendRuntimeTest : public testing::Test {
 protected:
  BackendRuntimeTest() {
    options_.matrix = find_matrix("smoke");
    options_.process_seconds = 0.01;
    options_.dry_run = true;  // no ceilings
    faulty::device_is_lost = false;
    LosesDeviceLater::launches = 0;
  }
  ~BackendRuntimeTest() override { std::filesystem::remove_all(directory_); }

  static Case case_of(const Kernel& kernel) { return {&kernel, {.seq_q = 4, .seq_k = 4}, kernel.id(), ""}; }
  BackendRuntimes runtimes(std::span<const Case> cases) {
    BackendRuntimes made = make_runtimes(cases, options_, 1);
    for (auto& [backend, runtime] : made) runtime.ask_loss = faulty::device_loss;
    return made;
  }
  std::vector<CaseResult> check(std::span<const Case> cases, BackendRuntimes& runtimes) {
    CheckedStore store(directory_, 1, 1, 1);
    return check_cases(cases, runtimes, store, 1, 1);
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("warpgauge_station_" + std::to_string(::getpid()));
  Options options_;
};

TEST_F(BackendRuntimeTest, ALossInTheCheckIsAttributedToItsKernelOnly) {
  const Case cases[] = {case_of(faulty::kLosesDevice), case_of(faulty::kRight)};
  BackendRuntimes made = runtimes(cases);
  const std::vector<CaseResult> results = check(cases, made);
  EXPECT_EQ(made.at(Backend::cpu).lost, kLoss);
  EXPECT_EQ(results[0].failure, "failed: planted loss");
  EXPECT_EQ(results[1].failure, std::string("failed: ") + kLoss);
}

TEST_F(BackendRuntimeTest, ALossInTheTimingIsAttributedToItsKernelOnly) {
  const Kernel later = faulty::kernel<LosesDeviceLater>("loses_device");
  const Case cases[] = {case_of(later), case_of(faulty::kRight)};
  BackendRuntimes made = runtimes(cases);
  std::vector<CaseResult> results = check(cases, made);
  ASSERT_EQ(results[0].failure, "");
  (void)measure_cases(results, made, options_);
  EXPECT_EQ(made.at(Backend::cpu).lost, kLoss);
  EXPECT_EQ(results[0].failure, "failed: planted loss");
  EXPECT_EQ(results[1].failure, std::string("failed: ") + kLoss);
}

TEST_F(BackendRuntimeTest, AFailureWithoutALossIsNoLoss) {
  const Kernel throws = faulty::kernel<faulty::Throws>("throws");
  const Case cases[] = {case_of(throws)};
  BackendRuntimes made = runtimes(cases);
  EXPECT_THAT(check(cases, made)[0].failure, HasSubstr("planted"));
  EXPECT_EQ(made.at(Backend::cpu).lost, "");
}

TEST_F(BackendRuntimeTest, ABackendThatCannotBeSetUpIsLostAndOthersAreNot) {
  if (backend_unavailable(Backend::cuda).empty()) GTEST_SKIP() << "there is a GPU here";
  Kernel elsewhere = faulty::kRight;
  elsewhere.backend = Backend::cuda;
  const Case cases[] = {case_of(elsewhere), case_of(faulty::kRight)};
  BackendRuntimes made = runtimes(cases);
  const std::vector<CaseResult> results = check(cases, made);
  EXPECT_THAT(results[0].failure, HasSubstr("failed: cuda kernels cannot be measured: "));
  EXPECT_EQ(results[1].failure, "");
}

}  // namespace
}  // namespace warpgauge::bench
