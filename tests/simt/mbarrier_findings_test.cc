// Findings on mbarriers, one planted bug each.
#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

TEST(MbarrierFindings, use_of_an_uninitialised_mbarrier) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) { mbarrier_arrive(SharedMemory().array<Mbarrier>("full", 2) + 1); };
  expect_finding(block_finding<kKernel>(), FindingKind::misuse, "is not initialised",
                 "at byte 8 of shared array 'full'", line(first + 1));
}

TEST(MbarrierFindings, initialised_again_without_invalidation) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_init(full, 2);
  };
  expect_finding(block_finding<kKernel>(), FindingKind::misuse, "has not been invalidated", line(first + 4),
                 line(first + 5));
}

TEST(MbarrierFindings, use_without_a_barrier_after_the_initialisation) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 64);
    mbarrier_arrive(full);
  };
  expect_finding(block_finding<kKernel>(), FindingKind::race, line(first + 3), line(first + 4));
}

TEST(MbarrierFindings, plain_write_to_an_mbarrier) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    full->state = 0;
  };
  expect_finding(block_finding<kKernel>(), FindingKind::misuse, "in use", line(first + 4), line(first + 5));
}

TEST(MbarrierFindings, too_many_arrivals_and_invalid_arguments) {
  const int first = __LINE__;
  constexpr auto kTooOften = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_arrive_expect_tx(full, 16);
    mbarrier_arrive(full);
  };
  expect_finding(block_finding<kTooOften>(), FindingKind::barrier_mismatch, "no pending arrivals",
                 line(first + 4), line(first + 6));
  constexpr auto kBytes = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 2);
    mbarrier_arrive_expect_tx(full, 1 << 20);
  };
  expect_finding(block_finding<kBytes>(), FindingKind::misuse, "its range is 0..1048575", line(first + 14));
  constexpr auto kCount = [](NoParams) { mbarrier_init(SharedMemory().array<Mbarrier>("full", 1), 0); };
  expect_finding(block_finding<kCount>(), FindingKind::misuse, "must be 1..1048575");
  constexpr auto kParity = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_wait(full, 2);
  };
  expect_finding(block_finding<kParity>(), FindingKind::misuse, "parity 2");
  constexpr auto kMisaligned = [](NoParams) {
    mbarrier_init(reinterpret_cast<Mbarrier*>(SharedMemory().array<int>("words", 4) + 1), 1);
  };
  expect_finding(block_finding<kMisaligned>(), FindingKind::misaligned);
}

TEST(MbarrierFindings, deadlock_report_has_pending_arrivals_and_bytes) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 2);
    syncthreads();
    if (thread_index() == 0) mbarrier_arrive_expect_tx(full, 4096);
    mbarrier_wait(full, 0);
  };
  expect_finding(block_finding<kKernel>(), FindingKind::deadlock, "threads 0..63 wait at mbarrier_wait",
                 line(first + 6), "of shared array 'full'", "pending arrivals 1 of 2, tx-count 4096 bytes");
}

TEST(MbarrierFindings, invalidated_while_a_thread_waits) {
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 1);
    syncthreads();
    if (warp_index() == 0)
      mbarrier_wait(full, 0);
    else
      mbarrier_invalidate(full);
  };
  bool found = false;  // only under schedules in which warp 0 waits before the invalidation
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string report = block_finding<kKernel>(seed)->what();
    found = found || report.find("invalidates an mbarrier at which thread") != std::string::npos;
  }
  EXPECT_TRUE(found);
}

TEST(MbarrierFindings, invalidated_before_released_threads_have_returned) {
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 1);
    syncthreads();
    if (warp_index() == 0) mbarrier_wait(full, 0);
    if (thread_index() == kWarpSize) {
      mbarrier_arrive(full);
      mbarrier_invalidate(full);
    }
  };
  for (std::uint64_t seed = 0; seed < 21; ++seed)  // warp 0 waits before or after the invalidation
    expect_finding(block_finding<kKernel>(seed), FindingKind::misuse);
}

TEST(MbarrierFindings, invalidated_without_a_barrier_after_the_last_use) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 1);
    syncthreads();
    if (thread_index() == 63) mbarrier_arrive(full);
    if (thread_index() == 0) mbarrier_invalidate(full);
  };
  expect_finding(block_finding<kKernel>(kLate), FindingKind::race, line(first + 5), line(first + 6));
  for (std::uint64_t seed = 0; seed < 21; ++seed) EXPECT_TRUE(block_finding<kKernel>(seed)) << seed;
}

}  // namespace
}  // namespace warpgauge::simt
