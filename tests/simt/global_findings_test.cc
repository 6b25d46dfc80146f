// Races through global memory: between blocks and within one, one planted bug each, and correct kernels
// without findings.
#include <set>

#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;
using testing::HasSubstr;

struct Memory {
  int* values;
  int* counter;
};

// Global memory of a test: values, and counters that are zero.
struct Operands {
  std::vector<int> values = std::vector<int>(256), counters = std::vector<int>(8);
  Memory params() { return {values.data(), counters.data()}; }
  std::vector<GlobalRange> ranges() {
    return {{"values", values.data(), values.size() * sizeof(int), true},
            {"counters", counters.data(), counters.size() * sizeof(int), true}};
  }
};

template <auto kKernel>
std::optional<emulator::DeviceError> found_in(std::uint64_t seed, int blocks = 4, int threads = 64,
                                              int os_threads = 1) {
  Operands operands;
  return finding<kKernel>({.threads = threads,
                           .blocks = blocks,
                           .seed = seed,
                           .os_threads = os_threads,
                           .memory = operands.ranges()},
                          operands.params());
}

template <auto kKernel>
void expect_race_in_some_order() {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    if (const auto error = found_in<kKernel>(seed)) {
      EXPECT_EQ(error->kind(), FindingKind::race) << error->what();
      ++found;
    }
  EXPECT_GT(found, 0);
}

template <auto kKernel>
void expect_clean_in_every_order(int blocks = 4) {
  for (std::uint64_t seed = 0; seed < 12; ++seed)
    for (int os_threads : {1, 3}) expect_clean(found_in<kKernel>(seed, blocks, 64, os_threads));
}

TEST(GlobalRace, two_blocks_that_write_one_row) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Memory m) {
    if (block_index().x % 2 == 1) m.values[thread_index()] = block_index().x;
  };
  expect_finding(found_in<kKernel>(0), FindingKind::race,
                 "block (3, 0, 0): thread 0 writes 4 bytes at byte 0 of 'values'",
                 "thread 0 of block (1, 0, 0) wrote it",
                 "no atomics with fences (threadfence) order the two blocks", line(first + 2));
}

TEST(GlobalRace, none_between_rows_of_different_blocks_or_halves_of_a_word) {
  constexpr auto kRows = [](Memory m) { m.values[block_index().x * 64 + thread_index()] += 1; };
  expect_clean_in_every_order<kRows>();
  constexpr auto kHalves = [](Memory m) {
    reinterpret_cast<std::uint16_t*>(m.values)[thread_index() * 4 + block_index().x] = 1;
  };
  expect_clean_in_every_order<kHalves>();
}

TEST(GlobalRace, a_read_of_what_another_block_wrote) {
  constexpr auto kKernel = [](Memory m) {
    if (block_index().x == 0 && thread_index() == 0) m.values[0] = 1;
    if (block_index().x == 1 && thread_index() == 0) m.values[64] = m.values[0];
  };
  expect_race_in_some_order<kKernel>();
}

TEST(GlobalRace, within_a_block_unless_a_barrier_orders_the_accesses) {
  constexpr auto kRace = [](Memory m) {
    m.values[thread_index()] = 1;
    m.values[128 + thread_index()] = m.values[thread_index() ^ kWarpSize];
  };
  expect_finding(found_in<kRace>(0, 1), FindingKind::race, "no barrier orders the two accesses");
  constexpr auto kBarrier = [](Memory m) {
    m.values[thread_index()] = 1;
    syncthreads();
    m.values[128 + thread_index()] = m.values[thread_index() ^ kWarpSize];
  };
  for (std::uint64_t seed = 0; seed < 6; ++seed) expect_clean(found_in<kBarrier>(seed, 1));
}

// A reduction over all blocks: each stores its part and counts itself; the last one adds the parts. The flags
// remove one step each.
struct Steps {
  bool fences_before = true, barrier_before = true, counts_atomically = true, fence_after = true;
};

template <Steps kSteps>
SIMT_KERNEL(64)
last_block_adds(Memory m) {
  int* is_last = SharedMemory().array<int>("is last", 1);
  m.values[block_index().x * 64 + thread_index()] = thread_index();
  if (kSteps.fences_before) threadfence();
  if (kSteps.barrier_before) syncthreads();
  if (thread_index() == 0) {
    const int before = kSteps.counts_atomically ? atomic_add(m.counter, 1) : (*m.counter)++;
    *is_last = before == grid_size().x - 1;
  }
  syncthreads();
  if (*is_last == 0) return;
  if (kSteps.fence_after) threadfence();
  int sum = 0;
  for (int block = 0; block < grid_size().x; ++block) sum += m.values[block * 64 + thread_index()];
  if (sum != grid_size().x * thread_index()) __builtin_trap();
  if (thread_index() == 0) *m.counter = 0;  // for the next launch
}

TEST(LastBlock, reduction_with_all_its_steps_is_clean) {
  expect_clean_in_every_order<last_block_adds<Steps{}>>();
}

TEST(LastBlock, reduction_without_a_fence_or_its_barrier_is_a_race) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    expect_finding(found_in<last_block_adds<Steps{.fences_before = false}>>(seed), FindingKind::race,
                   "'values'", "no atomics with fences (threadfence) order the two blocks");
    expect_finding(found_in<last_block_adds<Steps{.fence_after = false}>>(seed), FindingKind::race);
    expect_finding(found_in<last_block_adds<Steps{.counts_atomically = false}>>(seed), FindingKind::race,
                   "'counters'");
  }
  expect_race_in_some_order<last_block_adds<Steps{.barrier_before = false}>>();
}

// Thread 0 executes both fences, as cooperative groups do.
TEST(LastBlock, one_thread_may_fence_for_its_block) {
  constexpr auto kKernel = [](Memory m) {
    int* is_last = SharedMemory().array<int>("is last", 1);
    m.values[block_index().x * 64 + thread_index()] = thread_index();
    syncthreads();
    if (thread_index() == 0) {
      threadfence();
      *is_last = atomic_add(m.counter, 1) == grid_size().x - 1;
      threadfence();
    }
    syncthreads();
    if (*is_last == 0) return;
    for (int block = 0; block < grid_size().x; ++block)
      if (m.values[block * 64 + (thread_index() ^ 1)] != (thread_index() ^ 1)) __builtin_trap();
  };
  expect_clean_in_every_order<kKernel>();
}

TEST(LastBlock, a_write_after_the_fence_is_not_published) {
  constexpr auto kKernel = [](Memory m) {
    if (thread_index() != 0) return;
    threadfence();
    m.values[block_index().x] = 1;
    const int before = atomic_add(m.counter, 1);
    threadfence();
    if (before == 1) m.values[64] = m.values[0] + m.values[1];
  };
  for (std::uint64_t seed = 0; seed < 6; ++seed)
    expect_finding(found_in<kKernel>(seed, 2), FindingKind::race, "'values'");
}

// Block of ticket t follows that of ticket t - 1 by a counter of their own, and reads what all before it have
// written.
TEST(GlobalOrder, is_transitive) {
  constexpr auto kChain = [](Memory m) {
    if (thread_index() != 0) return;
    const int ticket = atomic_add(m.counter, 1);
    atomic_add(m.counter + 1 + ticket, 1);
    threadfence();
    int sum = 0;
    for (int t = 0; t < ticket; ++t) sum += m.values[t];
    if (sum != ticket) __builtin_trap();
    m.values[ticket] = 1;
    threadfence();
    atomic_add(m.counter + 2 + ticket, 1);
  };
  expect_clean_in_every_order<kChain>();
}

TEST(GlobalOrder, of_blocks_is_drawn_from_the_seed) {
  constexpr auto kKernel = [](Memory m) {
    if (thread_index() == 0) m.values[block_index().x] = atomic_add(m.counter, 1);
  };
  std::set<std::vector<int>> orders;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::vector<int> order;
    for (int os_threads : {1, 4}) {
      Operands operands;
      expect_clean(
          finding<kKernel>({.blocks = 3, .seed = seed, .os_threads = os_threads, .memory = operands.ranges()},
                           operands.params()));
      const std::vector<int> found(operands.values.begin(), operands.values.begin() + 3);
      EXPECT_EQ(std::set<int>(found.begin(), found.end()).size(), 3u) << "every block has run once";
      if (os_threads == 1) order = found;
      EXPECT_EQ(found, order) << "the same for any number of OS threads";
    }
    if (seed == 0) {
      EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    }
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6u);
}

TEST(GlobalOrder, reproduces_the_report_for_any_number_of_os_threads) {
  constexpr auto kKernel = [](Memory m) { m.values[thread_index() % 7 + block_index().x % 3] = 1; };
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto alone = found_in<kKernel>(seed, 12), again = found_in<kKernel>(seed, 12, 64, 3);
    ASSERT_TRUE(alone && again);
    EXPECT_STREQ(alone->what(), again->what());
  }
}

// Each launch begins anew: its predecessor has ended.
TEST(GlobalOrder, of_launches_is_that_of_their_calls) {
  constexpr auto kKernel = [](Memory m) { m.values[thread_index()] += block_index().x; };
  Operands operands;
  for (int launches = 0; launches < 2; ++launches)
    expect_clean(finding<kKernel>({.threads = 64, .memory = operands.ranges()}, operands.params()));
}

}  // namespace
}  // namespace warpgauge::simt
