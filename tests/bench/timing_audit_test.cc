#include "bench/timing_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kLargestGapNs = 10e3;

class FakeSampler : public Sampler {
 public:
  Sample take(const Kernel&, const Operands&, const RowCopies*) override {
    throw std::logic_error("no launch is needed");
  }
  double largest_gap_ns(double) const override { return kLargestGapNs; }
};

// The fault of ten launches of 1 ms, of which the first `odd` are like `sample`.
std::string fault_of(const Sample& sample, int odd, int threads) {
  constexpr Sample kHonest{.real_ns = 1e6, .busy_ns = 1e6};
  TimingAudit audit;
  for (int n = 0; n < 10; ++n) audit.add(n < odd ? sample : kHonest);
  return audit.fault(FakeSampler(), threads);
}

TEST(TimingAudit, NoSamplesAndHonestSamplesHaveNoFault) {
  EXPECT_THAT(TimingAudit().fault(FakeSampler(), 1), IsEmpty());
  EXPECT_THAT(fault_of({}, 0, 1), IsEmpty());
}

TEST(TimingAudit, MoreCpuTimeThanTheThreadsCanGiveIsAFault) {
  const Sample two_cpus{.real_ns = 1e6, .busy_ns = 2e6};
  EXPECT_THAT(fault_of(two_cpus, 10, 1),
              HasSubstr("a launch takes 1.000 ms and 2.000 ms of CPU time, more than 1 thread can give"));
  EXPECT_THAT(fault_of(two_cpus, 10, 2), IsEmpty());
  EXPECT_THAT(fault_of({.real_ns = 1e6, .busy_ns = 3e6}, 10, 2), HasSubstr("more than 2 threads can give"));
  // Waits give no CPU time, but the launch may have had it meanwhile.
  EXPECT_THAT(fault_of({.real_ns = 1e6, .waited_ns = 1e6, .busy_ns = 2e6}, 10, 1), IsEmpty());
  EXPECT_THAT(fault_of(two_cpus, 10, 0), IsEmpty());  // the number of threads is not known
}

TEST(TimingAudit, ClocksThatDisagreeAreAFault) {
  const Sample longer{.real_ns = 1e6, .busy_ns = 1e6, .gap_ns = 9e6};
  EXPECT_THAT(fault_of(longer, 10, 1),
              HasSubstr("disagree: in the median, 1.000 ms and 10.00 ms for a launch"));
  EXPECT_THAT(fault_of({.real_ns = 1e6, .busy_ns = 1e6, .gap_ns = kLargestGapNs}, 10, 1), IsEmpty());
}

TEST(TimingAudit, FewSamplesMayHaveBeenInterrupted) {
  const Sample interrupted{.real_ns = 1e6, .busy_ns = 9e6, .gap_ns = 9e6};
  EXPECT_THAT(fault_of(interrupted, 4, 1), IsEmpty());
  EXPECT_THAT(fault_of(interrupted, 6, 1), HasSubstr("disagree"));
}

}  // namespace
}  // namespace warpgauge::bench
