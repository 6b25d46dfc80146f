// One kernel under fuzz, as a GoogleTest. It checks the reproducers of regressions.txt first, then random
// cases until the limits of the flags; with --replay, only those cases. A failure prints its reproducer. A
// fresh process checks it again: if it fails there too, the minimized case is printed, otherwise the shortest
// sequence of cases that fails.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "fuzz/bias.h"
#include "fuzz/check.h"
#include "fuzz/flags.h"
#include "fuzz/fresh_process.h"
#include "kernels/backend.h"

namespace warpgauge {

// What the kernels of one run share.
struct Shared {
  std::string (*lost)(Backend);  // backend_lost, or a substitute in tests
  ReferenceCache cache;
  std::string lost_by;  // command of the case after which the device stopped working
};

class KernelFuzz : public testing::Test {
 public:
  KernelFuzz(const Kernel& kernel, const Flags& flags, Shared& shared)
      : kernel_(kernel), flags_(flags), shared_(shared) {}

  void TestBody() override;

 private:
  [[nodiscard]] std::string line(const FuzzCase& fuzz_case) const;  // its reproducer
  // A shell command that checks these cases in their order.
  [[nodiscard]] std::string command(const CaseSequence& cases) const;
  [[nodiscard]] std::string command(const FuzzCase& fuzz_case) const {
    return command(CaseSequence{fuzz_case});
  }
  [[nodiscard]] double seconds_left() const;
  [[nodiscard]] std::string lost() const;  // why the kernel's device is lost; empty: it works
  [[nodiscard]] CheckResult check_case(const FuzzCase& fuzz_case);
  void run(const FuzzCase& fuzz_case);
  void report_wrong(const FuzzCase& fuzz_case, const CheckResult& result);
  [[nodiscard]] FreshResult check_again(const CaseSequence& cases, double timeout_s);
  void report_minimized(const FuzzCase& fuzz_case);
  void report_dependence(const FuzzCase& fuzz_case);
  void note_loss(const FuzzCase& by);
  void run_reproducers(const std::vector<Reproducer>& reproducers);
  void run_random_cases();
  void fail(const std::string& text) const;
  void report_bias();

  const Kernel& kernel_;
  const Flags& flags_;
  Shared& shared_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  CaseSequence earlier_;     // the cases that were checked, in their order
  std::string not_checked_;  // the last case that could not be checked, and why
  std::uint64_t unchecked_ = 0;
  std::uint64_t cases_ = 0;
  std::uint64_t drawn_ = 0;
  std::int64_t rows_ = 0;
  double worst_ = 0;  // error over bound
  SignedBias bias_;
};

}  // namespace warpgauge
