// Findings on barriers and warp collectives, one planted bug each, and their reproduction by the seed.
#include <set>

#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;
using testing::HasSubstr;

constexpr int kHalfWarp = kWarpSize / 2;

TEST(Divergence, exit_before_a_collective) {
  constexpr auto kFirstWait = [](NoParams) {
    if (thread_index() < kHalfWarp) shuffle_xor(1, 1);
  };
  expect_finding(finding<kFirstWait>({}), FindingKind::divergence,
                 "exits while other lanes of its warp wait at shuffle");
  constexpr auto kFirstExit = [](NoParams) {
    if (thread_index() >= kHalfWarp) shuffle_xor(1, 1);
  };
  expect_finding(finding<kFirstExit>({}), FindingKind::divergence, "lanes of it have exited");
}

TEST(Divergence, lanes_at_different_collectives) {
  const int first = __LINE__;
  constexpr auto kOther = [](NoParams) {
    if (thread_index() < kHalfWarp)
      shuffle_xor(1, 1);
    else
      ballot(true);
  };
  expect_finding(finding<kOther>({}), FindingKind::divergence, line(first + 3), line(first + 5));
  constexpr auto kBarrier = [](NoParams) {
    if (thread_index() < kHalfWarp)
      syncthreads();
    else
      syncwarp();
  };
  expect_finding(finding<kBarrier>({}), FindingKind::divergence, "syncthreads", "syncwarp");
}

TEST(BarrierMismatch, different_source_lines_and_different_thread_counts) {
  const int first = __LINE__;
  constexpr auto kPlaces = [](NoParams) {
    if (warp_index() == 0)
      syncthreads();
    else
      syncthreads();
  };
  expect_finding(finding<kPlaces>({.threads = 64}), FindingKind::barrier_mismatch, line(first + 3),
                 line(first + 5));
  constexpr auto kCounts = [](NoParams) { barrier_sync(1, warp_index() == 0 ? 64 : 96); };
  expect_finding(finding<kCounts>({.threads = 96}), FindingKind::barrier_mismatch, "64", "96");
}

TEST(Misuse, named_barrier_with_an_invalid_id_or_count) {
  constexpr auto kId = [](NoParams) { barrier_sync(16, kWarpSize); };
  expect_finding(finding<kId>({}), FindingKind::misuse);
  constexpr auto kCount = [](NoParams) { barrier_sync(1, 48); };
  expect_finding(finding<kCount>({.threads = 64}), FindingKind::misuse);
}

TEST(Deadlock, report_lists_where_each_thread_waits) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    if (warp_index() == 0)
      barrier_sync(1, 64);
    else
      barrier_sync(2, 64);
  };
  expect_finding(finding<kKernel>({.threads = 64}), FindingKind::deadlock,
                 "threads 0..31 wait at barrier_sync", line(first + 3), line(first + 5));
  constexpr auto kExits = [](NoParams) {
    if (warp_index() == 0) barrier_sync(1, 64);
  };
  expect_finding(finding<kExits>({.threads = 64}), FindingKind::deadlock,
                 "exits, and all other threads wait or have exited", "threads 0..31 wait at barrier_sync",
                 "threads 32..63 have exited");
}

// CUDA's rule for syncthreads since Volta: it waits for all threads that have not exited.
TEST(Exit, counts_as_an_arrival_at_syncthreads) {
  constexpr auto kWarpLeaves = [](NoParams) {
    if (warp_index() == 1) return;
    syncthreads();
    syncthreads();
  };
  constexpr auto kLanesLeave = [](NoParams) {
    if (lane_index() >= kHalfWarp) return;
    syncthreads();
  };
  constexpr auto kLeaveOneByOne = [](NoParams) {
    for (int warp = 0; warp < warp_index(); ++warp) syncthreads();
  };
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    expect_clean(finding<kWarpLeaves>({.threads = 96, .seed = seed}));
    expect_clean(finding<kLanesLeave>({.threads = 64, .seed = seed}));
    expect_clean(finding<kLeaveOneByOne>({.threads = 128, .seed = seed}));
  }
}

TEST(Exit, orders_accesses_as_an_arrival_does) {
  constexpr auto kBefore = [](NoParams) {
    int* values = SharedMemory().array<int>("values", kWarpSize);
    if (warp_index() == 1) {
      values[lane_index()] = 1;
      return;
    }
    syncthreads();
    values[kWarpSize - 1 - lane_index()] += 1;
  };
  constexpr auto kRemaining = [](NoParams) {
    int* values = SharedMemory().array<int>("values", kWarpSize);
    if (warp_index() == 2) return;
    syncthreads();
    if (warp_index() == 0) values[lane_index()] = 1;
    if (warp_index() == 1) values[kWarpSize - 1 - lane_index()] = 2;
  };
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    expect_clean(finding<kBefore>({.threads = 64, .seed = seed}));
    expect_finding(finding<kRemaining>({.threads = 96, .seed = seed}), FindingKind::race);
  }
}

TEST(Exit, is_no_arrival_at_another_source_line) {
  constexpr auto kPlaces = [](NoParams) {
    if (warp_index() == 2) return;
    if (warp_index() == 0)
      syncthreads();
    else
      syncthreads();
  };
  expect_finding(finding<kPlaces>({.threads = 96}), FindingKind::barrier_mismatch);
}

// Blocks 3, 8, 13, ... race. The schedule determines which threads are reported.
SIMT_KERNEL(128) sometimes_racing(NoParams) {
  int* values = SharedMemory().array<int>("values", 128);
  values[thread_index()] = 0;
  syncthreads();
  if (block_index().x % 5 == 3) values[(thread_index() * 7) % 128] = thread_index();
  if (thread_index() % 2 == 0) values[thread_index()] = 1;
}

TEST(ScheduleSeed, reproduces_the_report_for_any_number_of_os_threads) {
  std::set<std::string> reports;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto alone = finding<sometimes_racing>({.threads = 128, .blocks = 20, .seed = seed});
    const auto again =
        finding<sometimes_racing>({.threads = 128, .blocks = 20, .seed = seed, .os_threads = 3});
    ASSERT_TRUE(alone && again);
    EXPECT_STREQ(alone->what(), again->what());
    EXPECT_THAT(alone->what(), AllOf(testing::ContainsRegex("block \\((3|8|13|18), 0, 0\\)"),
                                     HasSubstr("schedule seed " + std::to_string(seed))));
    reports.insert(std::string(alone->what()).substr(0, std::string(alone->what()).find("reproduce:")));
  }
  EXPECT_GT(reports.size(), 6u) << "other seeds must give other schedules";
}

TEST(Launch, throws_on_another_stream_than_the_newest) {
  constexpr auto kKernel = [](NoParams) {};
  const NoParams none;
  const Stream stream(Backend::simt);
  launch<kKernel>("kernel", {{1}, kWarpSize, 0}, none, {}, {.stream = stream.get()});
  EXPECT_THROW(launch<kKernel>("kernel", {{1}, kWarpSize, 0}, none, {}, {}), std::runtime_error);
}
TEST(Launch, throws_for_block_and_grid_sizes_that_no_gpu_supports) {
  constexpr auto kKernel = [](NoParams) {};
  EXPECT_THROW(finding<kKernel>({.threads = 48}), std::invalid_argument);
  EXPECT_THROW(finding<kKernel>({.threads = 1056}), std::invalid_argument);
  EXPECT_THROW(finding<kKernel>({.blocks = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace warpgauge::simt
