// One kernel under fuzz, as a GoogleTest: first the cases that were once found wrong, then random ones until
// the flags say stop, or just the cases to replay. A failure prints the line that reproduces it, and the
// smallest that still does.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "fuzz/check.h"
#include "fuzz/flags.h"
#include "kernels/backend.h"

namespace warpgauge {

// What the kernels of one run share.
struct Shared {
  std::string (*lost)(Backend);  // backend_lost, or what a test says instead
  ReferenceCache cache;
  std::string lost_by;  // the command that replays the case after which the device did not answer any more
};

class KernelFuzz : public testing::Test {
 public:
  KernelFuzz(const Kernel& kernel, const Flags& flags, Shared& shared)
      : kernel_(kernel), flags_(flags), shared_(shared) {}

  void TestBody() override;

 private:
  std::string command(const FuzzCase& fuzz_case) const;  // that replays it
  double seconds_left() const;
  std::string lost() const;  // why the kernel's device is gone; empty: it is there
  CheckResult check_case(const FuzzCase& fuzz_case);
  void run(const FuzzCase& fuzz_case);
  void tell_wrong(const FuzzCase& fuzz_case, const CheckResult& result);
  void tell_smallest(const FuzzCase& fuzz_case);
  void note_loss(const FuzzCase& by);
  void replay(const std::vector<Replay>& replays);
  void fuzz();

  const Kernel& kernel_;
  const Flags& flags_;
  Shared& shared_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string not_checked_;  // the last case that could not be checked, and why
  std::uint64_t cases_ = 0;
  std::int64_t rows_ = 0;
  double worst_ = 0;  // error over bound
};

}  // namespace warpgauge
