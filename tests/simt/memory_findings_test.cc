// Findings on memory accesses, one planted bug each, and correct kernels without findings.
#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

TEST(Race, report_has_the_lines_of_the_read_and_the_write) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", 64);
    int* sums = shared.array<int>("sums", 64);
    values[thread_index()] = 0;
    syncthreads();
    values[thread_index()] = thread_index();
    syncwarp();
    sums[thread_index()] = values[thread_index() ^ kWarpSize];
  };
  expect_finding(finding<kKernel>({.threads = 64, .seed = 1}), FindingKind::race, "block (0, 0, 0)",
                 "'values'", "wrote", line(first + 7), line(first + 9));
}

TEST(Race, none_if_a_block_barrier_orders_the_accesses) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", 64);
    int* sums = shared.array<int>("sums", 64);
    values[thread_index()] = thread_index();
    syncthreads();
    sums[thread_index()] = values[thread_index() ^ kWarpSize];
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    expect_clean(finding<kKernel>({.threads = 64, .seed = seed}));
}

TEST(Race, a_shuffle_does_not_order_lanes_of_a_warp) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", kWarpSize);
    values[thread_index()] = thread_index();
    const int neighbour = shuffle_xor(thread_index(), 1);
    values[neighbour] += 1;
  };
  expect_finding(finding<kKernel>({}), FindingKind::race);
}

TEST(Race, write_after_read_of_another_warp) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", 64);
    values[thread_index()] = 0;
    syncthreads();
    if (values[thread_index() ^ kWarpSize] == 0) values[thread_index()] = 1;
  };
  expect_finding(finding<kKernel>({.threads = 64}), FindingKind::race, line(first + 6));
}

TEST(Race, none_between_writes_to_two_halves_of_a_word) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    std::uint16_t* values = shared.array<std::uint16_t>("values", 64);
    values[thread_index()] = static_cast<std::uint16_t>(thread_index());
  };
  expect_clean(finding<kKernel>({.threads = 64}));
}

TEST(Race, atomics_race_with_plain_accesses_only) {
  constexpr auto kAtomics = [](NoParams) {
    SharedMemory shared;
    int* counter = shared.array<int>("counter", 1);
    if (thread_index() == 0) *counter = 0;
    syncthreads();
    atomic_add(counter, 1);
  };
  expect_clean(finding<kAtomics>({.threads = 64, .seed = 3}));
  constexpr auto kPlainRead = [](NoParams) {
    SharedMemory shared;
    int* counter = shared.array<int>("counter", 1);
    if (thread_index() == 0) *counter = 0;
    syncthreads();
    if (warp_index() == 0)
      atomic_add(counter, 1);
    else if (*counter > 64)
      syncwarp();
  };
  expect_finding(finding<kPlainRead>({.threads = 64}), FindingKind::race);
}

TEST(Race, barrier_sync_orders_after_barrier_arrive) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", kWarpSize);
    if (warp_index() == 0) {
      values[lane_index()] = 1;
      barrier_arrive(1, 64);
    } else {
      barrier_sync(1, 64);
      values[kWarpSize - 1 - lane_index()] += 1;
    }
  };
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    expect_clean(finding<kKernel>({.threads = 64, .seed = seed}));
}

TEST(Race, barrier_arrive_does_not_order_later_accesses) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", kWarpSize);
    if (warp_index() == 0) {
      barrier_arrive(1, 64);
      values[lane_index()] = 1;
    } else {
      values[kWarpSize - 1 - lane_index()] = 2;
      barrier_sync(1, 64);
    }
  };
  expect_finding(finding<kKernel>({.threads = 64}), FindingKind::race);
}

struct Pointer {
  int* values;
};

// Runs the kernel with 64 ints of global memory.
template <auto kKernel>
std::optional<emulator::DeviceError> finding_with_memory(std::uint64_t seed = 0) {
  std::vector<int> values(64);
  return finding<kKernel>({.seed = seed, .memory = {{"values", values.data(), 256, true}}},
                          Pointer{values.data()});
}

TEST(Uninitialised, value_that_reaches_a_store) {
  const int first = __LINE__;
  constexpr auto kPlain = [](Pointer p) {
    int* values = SharedMemory().array<int>("tile", kWarpSize);
    p.values[thread_index()] = values[thread_index()];
  };
  expect_finding(finding_with_memory<kPlain>(), FindingKind::uninitialised, "shared array 'tile'",
                 "no thread has written it", "the block writes other values to global memory",
                 line(first + 3));
  constexpr auto kMatrix = [](Pointer p) {
    SharedMemory shared;
    std::uint16_t* rows = shared.array<std::uint16_t>("rows", 256);
    if (thread_index() > 0) store_words<4>(rows + thread_index() * 8, {});
    syncwarp();
    std::uint32_t registers[4];
    load_matrices<false>(registers, rows + thread_index() * 8);
    p.values[thread_index()] = static_cast<int>(registers[0]);
  };
  expect_finding(finding_with_memory<kMatrix>(), FindingKind::uninitialised, "'rows'", line(first + 14));
}

TEST(Uninitialised, value_that_reaches_a_store_through_shared_memory_and_arithmetic) {
  constexpr auto kKernel = [](Pointer p) {
    SharedMemory shared;
    int* tile = shared.array<int>("tile", kWarpSize);
    int* copy = shared.array<int>("copy", kWarpSize);
    copy[thread_index()] = tile[thread_index()] % 2;
    syncwarp();
    p.values[thread_index()] = copy[thread_index() ^ 1];
  };
  expect_finding(finding_with_memory<kKernel>(), FindingKind::uninitialised, "'tile'");
}

TEST(Uninitialised, value_that_reaches_a_branch_or_an_address) {
  constexpr auto kBranch = [](Pointer) {
    int* values = SharedMemory().array<int>("tile", kWarpSize);
    if (values[0] > 0) syncwarp();
  };
  expect_finding(finding_with_memory<kBranch>(), FindingKind::uninitialised, "takes another path");
  constexpr auto kFlag = [](Pointer p) {
    int* flag = SharedMemory().array<int>("flag", 1);
    if (*flag == 1) p.values[0] = 1;
  };
  expect_finding(finding_with_memory<kFlag>(), FindingKind::uninitialised, "'flag'");
  constexpr auto kAddress = [](Pointer p) {
    int* index = SharedMemory().array<int>("index", 1);
    if (thread_index() == 0) p.values[*index & 31] = 0;
  };
  expect_finding(finding_with_memory<kAddress>(), FindingKind::uninitialised, "'index'",
                 "accesses other memory");
  constexpr auto kBound = [](Pointer p) {
    int* bound = SharedMemory().array<int>("bound", 1);
    for (int i = 0; i < *bound; ++i) p.values[thread_index()] = 1;
  };
  expect_finding(finding_with_memory<kBound>(), FindingKind::uninitialised, "'bound'");
}

TEST(Uninitialised, error_that_follows_from_the_value_names_the_read) {
  constexpr auto kKernel = [](Pointer p) {
    int* index = SharedMemory().array<int>("index", 1);
    p.values[*index] = 0;
  };
  expect_finding(finding_with_memory<kKernel>(), FindingKind::out_of_bounds, "before, thread 0 reads",
                 "'index'");
}

// The rows of a tile past the end of a matrix: multiplied, but not stored.
TEST(Uninitialised, value_that_is_not_used_is_no_finding) {
  constexpr auto kRows = [](Pointer p) {
    int* tile = SharedMemory().array<int>("tile", 2 * kWarpSize);
    tile[thread_index()] = thread_index();
    syncwarp();
    for (int row = thread_index(); row < 2 * kWarpSize; row += kWarpSize) {
      const int product = 2 * tile[row];
      reduce_add(static_cast<std::uint32_t>(product));
      if (row < kWarpSize) p.values[row] += product + atomic_add(p.values + 32 + row, 1);
    }
  };
  constexpr auto kPadding = [](Pointer p) {
    SharedMemory shared;
    std::uint16_t* rows = shared.array<std::uint16_t>("rows", 256);
    if (thread_index() < 8) store_words<4>(rows + thread_index() * 8, {1, 2, 3, 4});
    syncwarp();
    std::uint32_t registers[4];
    load_matrices<false>(registers, rows + thread_index() * 8);
    p.values[thread_index()] = static_cast<int>(registers[0]);
  };
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    expect_clean(finding_with_memory<kPadding>(seed));
    std::vector<int> values(64);
    expect_clean(finding<kRows>({.seed = seed, .memory = {{"values", values.data(), 256, true}}},
                                Pointer{values.data()}));
    for (int row = 0; row < 32; ++row)
      EXPECT_EQ(values[row], 2 * row) << "written once, though it ran five times";
    for (int row = 32; row < 64; ++row) EXPECT_EQ(values[row], 1);
  }
}

// A later write of what was read without order is a race, whether the value matters or not.
TEST(Uninitialised, read_races_with_a_later_write) {
  constexpr auto kKernel = [](NoParams) {
    volatile int* values = SharedMemory().array<int>("values", 1);
    if (warp_index() == 0) (void)*values;
    if (thread_index() == kWarpSize) *values = 1;
  };
  expect_finding(finding<kKernel>({.threads = 64}), FindingKind::race);
}

TEST(OutOfBounds, past_the_end_of_a_shared_array_inside_shared_memory) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    int* values = shared.array<int>("values", kWarpSize - 1);
    shared.array<int>("others", kWarpSize);
    values[thread_index()] = 0;
  };
  expect_finding(finding<kKernel>({}), FindingKind::out_of_bounds, "thread 31",
                 "past the end of shared array 'values'", line(first + 5));
}

TEST(OutOfBounds, shared_array_larger_than_the_launch) {
  constexpr auto kKernel = [](NoParams) { SharedMemory().array<int>("values", 2000); };
  expect_finding(finding<kKernel>({.shared_bytes = 4096}), FindingKind::out_of_bounds, "'values'", "4096");
}

TEST(OutOfBounds, global_memory_past_its_end_and_read_only_memory) {
  constexpr auto kKernel = [](Pointer p) { p.values[thread_index()] = 1; };
  std::vector<int> values(kWarpSize);
  const Pointer params{values.data()};
  expect_clean(finding<kKernel>({.memory = {{"values", values.data(), 128, true}}}, params));
  expect_finding(finding<kKernel>({.memory = {{"values", values.data(), 124, true}}}, params),
                 FindingKind::out_of_bounds, "thread 31 writes 4 bytes at byte 124 of 'values'");
  expect_finding(finding<kKernel>({.memory = {{"values", values.data(), 128, false}}}, params),
                 FindingKind::out_of_bounds, "read-only");
}

TEST(OutOfBounds, source_of_cp_async_and_null_pointer) {
  constexpr auto kCopy = [](Pointer p) {
    SharedMemory shared;
    int* values = shared.array<int>("values", 128);
    copy_async_16(values + 4 * thread_index(), p.values + 4 * thread_index(), 16);
    copy_async_commit();
    copy_async_wait<0>();
  };
  alignas(16) int values[128] = {};
  expect_clean(finding<kCopy>({.memory = {{"values", values, 512, false}}}, Pointer{values}));
  expect_finding(finding<kCopy>({.memory = {{"values", values, 508, false}}}, Pointer{values}),
                 FindingKind::out_of_bounds, "thread 31", "(cp.async) reads");
  constexpr auto kNull = [](Pointer p) { *p.values = 1; };
  expect_finding(finding<kNull>({}, Pointer{nullptr}), FindingKind::out_of_bounds);
}

TEST(Misaligned, vector_store_cp_async_and_ldmatrix) {
  constexpr auto kVector = [](NoParams) {
    int* values = SharedMemory().array<int>("values", 256);
    store_words<4>(values + thread_index(), {});
  };
  expect_finding(finding<kVector>({}), FindingKind::misaligned, "thread 1", "4 bytes past a multiple of 16");
  constexpr auto kCopy = [](Pointer p) {
    int* values = SharedMemory().array<int>("values", 256);
    copy_async_16(values + 2, p.values, 16);
  };
  alignas(16) int values[4] = {};
  expect_finding(finding<kCopy>({.memory = {{"values", values, 16, false}}}, Pointer{values}),
                 FindingKind::misaligned);
  constexpr auto kMatrix = [](NoParams) {
    std::uint16_t* rows = SharedMemory().array<std::uint16_t>("rows", 512);
    std::uint32_t registers[1];
    load_matrices<false>(registers, rows + 4 + thread_index() * 8);
  };
  expect_finding(finding<kMatrix>({}), FindingKind::misaligned);
}

// Each thread copies 16 bytes, waits until at most kGroups groups are in flight, and reads its bytes.
template <int kGroups>
SIMT_KERNEL(kWarpSize)
copy_and_read(Pointer p) {
  int* values = SharedMemory().array<int>("values", 128);
  copy_async_16(values + 4 * thread_index(), p.values, 16);
  copy_async_commit();
  copy_async_wait<kGroups>();
  if (values[4 * thread_index()] == 12345) syncwarp();
  copy_async_wait<0>();
}

TEST(CpAsync, a_wait_that_allows_too_many_groups_is_found_under_all_timings) {
  alignas(16) int values[4] = {};
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const Setting setting{.seed = seed, .memory = {{"values", values, 16, false}}};
    expect_clean(finding<copy_and_read<0>>(setting, Pointer{values}));
    expect_finding(finding<copy_and_read<1>>(setting, Pointer{values}), FindingKind::copy_in_flight,
                   "has a copy in flight");
  }
}

TEST(CpAsync, a_wait_does_not_make_a_copy_visible_to_other_warps) {
  constexpr auto kKernel = [](Pointer p) {
    int* values = SharedMemory().array<int>("values", 256);
    copy_async_16(values + 4 * thread_index(), p.values, 16);
    copy_async_commit();
    copy_async_wait<0>();
    syncwarp();
    if (values[4 * (thread_index() ^ kWarpSize)] == 12345) syncwarp();
  };
  alignas(16) int values[4] = {};
  // The kind of the finding depends on the schedule: uninitialised read, copy in flight or race.
  const auto found = finding<kKernel>({.threads = 64, .seed = 2, .memory = {{"values", values, 16, false}}},
                                      Pointer{values});
  ASSERT_TRUE(found.has_value());
}

TEST(CpAsync, in_flight_at_exit) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Pointer p) {
    int* values = SharedMemory().array<int>("values", 128);
    copy_async_16(values + 4 * thread_index(), p.values, 16);
    copy_async_commit();
  };
  alignas(16) int values[4] = {};
  expect_finding(finding<kKernel>({.memory = {{"values", values, 16, false}}}, Pointer{values}),
                 FindingKind::copy_in_flight, "exits", line(first + 3));
}

TEST(Misuse, cp_async_with_more_source_bytes_than_its_size) {
  constexpr auto kKernel = [](Pointer p) {
    copy_async_16(SharedMemory().array<int>("values", 4), p.values, 20);
  };
  alignas(16) int values[8] = {};
  expect_finding(finding<kKernel>({.memory = {{"values", values, 32, false}}}, Pointer{values}),
                 FindingKind::misuse, "20 source bytes; allowed: 0..16");
}

}  // namespace
}  // namespace warpgauge::simt
