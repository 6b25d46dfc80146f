// One planted bug for each thing that the emulator claims to find about mbarriers, beside what is right.
#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

TEST(MbarrierFindings, of_a_place_that_holds_none) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) { mbarrier_arrive(SharedMemory().array<Mbarrier>("full", 2) + 1); };
  expect_finding(warp_finding<kKernel>(), FindingKind::misuse, "nobody has initialised",
                 "at byte 8 of shared array 'full'", line(first + 1));
}

TEST(MbarrierFindings, initialised_again_without_being_invalidated) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_init(full, 2);
  };
  expect_finding(warp_finding<kKernel>(), FindingKind::misuse, "nobody has invalidated it", line(first + 4),
                 line(first + 5));
}

TEST(MbarrierFindings, used_without_a_barrier_after_the_initialisation) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 64);
    mbarrier_arrive(full);
  };
  expect_finding(warp_finding<kKernel>(), FindingKind::race, line(first + 3), line(first + 4));
}

TEST(MbarrierFindings, written_over) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    full->state = 0;
  };
  expect_finding(warp_finding<kKernel>(), FindingKind::misuse, "in use", line(first + 4), line(first + 5));
}

TEST(MbarrierFindings, arrivals_beyond_the_count_and_counts_beyond_the_hardware) {
  const int first = __LINE__;
  constexpr auto kTooOften = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_arrive_expect_tx(full, 16);
    mbarrier_arrive(full);
  };
  expect_finding(warp_finding<kTooOften>(), FindingKind::barrier_mismatch, "once too often", line(first + 4),
                 line(first + 6));
  constexpr auto kBytes = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 2);
    mbarrier_arrive_expect_tx(full, 1 << 20);
  };
  expect_finding(warp_finding<kBytes>(), FindingKind::misuse, "it counts to 1048575", line(first + 14));
  constexpr auto kCount = [](NoParams) { mbarrier_init(SharedMemory().array<Mbarrier>("full", 1), 0); };
  expect_finding(warp_finding<kCount>(), FindingKind::misuse, "(1..1048575)");
  constexpr auto kParity = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_wait(full, 2);
  };
  expect_finding(warp_finding<kParity>(), FindingKind::misuse, "parity 2");
  constexpr auto kMisaligned = [](NoParams) {
    mbarrier_init(reinterpret_cast<Mbarrier*>(SharedMemory().array<int>("words", 4) + 1), 1);
  };
  expect_finding(warp_finding<kMisaligned>(), FindingKind::misaligned);
}

TEST(MbarrierFindings, a_parity_that_never_comes_is_a_deadlock_that_says_what_lacks) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 2);
    syncthreads();
    if (thread_index() == 0) mbarrier_arrive_expect_tx(full, 4096);
    mbarrier_wait(full, 0);
  };
  expect_finding(warp_finding<kKernel>(), FindingKind::deadlock, "threads 0..63 wait at mbarrier_wait",
                 line(first + 6), "of shared array 'full'", "short of 1 of 2 arrivals and of 4096 bytes");
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
  bool found = false;  // with those schedules in which a thread waits by then
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string report = warp_finding<kKernel>(seed)->what();
    found = found || report.find("invalidates an mbarrier for which thread") != std::string::npos;
  }
  EXPECT_TRUE(found);
}

TEST(MbarrierFindings, invalidated_before_those_it_released_have_left_the_wait) {
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 1);
    syncthreads();
    if (warp_index() == 0) mbarrier_wait(full, 0);
    if (thread_index() == 32) {
      mbarrier_arrive(full);
      mbarrier_invalidate(full);
    }
  };
  for (std::uint64_t seed = 0; seed < 21; ++seed)  // whether they wait by then, or come too late
    expect_finding(warp_finding<kKernel>(seed), FindingKind::misuse);
}

TEST(MbarrierFindings, invalidated_without_a_barrier_after_its_last_use) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    auto* full = SharedMemory().array<Mbarrier>("full", 1);
    if (thread_index() == 0) mbarrier_init(full, 1);
    syncthreads();
    if (thread_index() == 63) mbarrier_arrive(full);
    if (thread_index() == 0) mbarrier_invalidate(full);
  };
  expect_finding(warp_finding<kKernel>(kLate), FindingKind::race, line(first + 5), line(first + 6));
  for (std::uint64_t seed = 0; seed < 21; ++seed) EXPECT_TRUE(warp_finding<kKernel>(seed)) << seed;
}

}  // namespace
}  // namespace warpgauge::simt
