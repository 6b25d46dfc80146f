// Findings on TMA, proxy fences and stmatrix, one planted bug each, and correct kernels without findings.
#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

alignas(128) std::uint16_t tensor[64 * 64];

struct Maps {
  TensorMap map = encode_tensor_map({.data = tensor,
                                     .dtype = Dtype::f16,
                                     .rank = 2,
                                     .extent = {64, 64},
                                     .stride_bytes = {128},
                                     .box = {64, 16},
                                     .swizzle = Swizzle::bytes_128});
};
constexpr int kBoxElements = 64 * 16, kBoxBytes = 2 * kBoxElements;

template <auto kKernel>
auto tma_finding(std::uint64_t seed = kLate, int threads = 64, std::size_t tensor_bytes = sizeof tensor,
                 bool writable = true) {
  return finding<kKernel>({.threads = threads,
                           .shared_bytes = 65536,
                           .seed = seed,
                           .memory = {{"tensor", tensor, tensor_bytes, writable}}},
                          Maps{});
}

struct Tile {
  std::uint16_t* data;
  Mbarrier* full;
};

SIMT_DEVICE Tile make_tile(int count, int boxes = 1) {
  SharedMemory shared;
  const Tile tile{shared.array<std::uint16_t>("tile", static_cast<std::size_t>(boxes) * kBoxElements, 1024),
                  shared.array<Mbarrier>("full", 1)};
  if (thread_index() == 0) {
    mbarrier_init(tile.full, count);
    fence_mbarrier_init();
  }
  syncthreads();
  return tile;
}

TEST(TmaFindings, load_on_an_mbarrier_without_fence_mbarrier_init) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Maps p) {
    SharedMemory shared;
    auto* tile = shared.array<std::uint16_t>("tile", kBoxElements, 1024);
    auto* full = shared.array<Mbarrier>("full", 1);
    if (thread_index() != 0) return;
    mbarrier_init(full, 1);
    mbarrier_arrive_expect_tx(full, kBoxBytes);
    tma_load(tile, p.map, full, {0, 0});
  };
  expect_finding(tma_finding<kKernel>(), FindingKind::missing_proxy_fence, "not executed fence_mbarrier_init",
                 line(first + 6), line(first + 8));
}

TEST(TmaFindings, read_of_the_box_before_the_wait) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0) {
      mbarrier_arrive_expect_tx(tile.full, kBoxBytes);
      tma_load(tile.data, p.map, tile.full, {0, 0});
    }
    syncthreads();
    if (tile.data[thread_index()] == 1) syncwarp();
    mbarrier_wait(tile.full, 0);
  };
  expect_finding(tma_finding<kKernel>(kLate), FindingKind::copy_in_flight, "a TMA load has a copy in flight",
                 line(first + 5), line(first + 8));
  expect_finding(tma_finding<kKernel>(kEager), FindingKind::race, "a TMA load wrote it", line(first + 5),
                 line(first + 8));
}

TEST(TmaFindings, tx_count_smaller_than_the_copies) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1, 2);
    if (thread_index() == 0) {
      mbarrier_arrive_expect_tx(tile.full, kBoxBytes);
      tma_load(tile.data, p.map, tile.full, {0, 0});
      tma_load(tile.data + kBoxElements, p.map, tile.full, {0, 16});
    }
    mbarrier_wait(tile.full, 0);
    if (tile.data[thread_index()] + tile.data[kBoxElements + thread_index()] == 1) syncwarp();
  };
  expect_finding(tma_finding<kKernel>(kLate), FindingKind::copy_in_flight);
  expect_finding(tma_finding<kKernel>(kEager), FindingKind::race);
}

TEST(TmaFindings, load_over_memory_that_another_warp_may_still_read) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int round = 0; round < 2; ++round) {
      if (thread_index() == 0) {
        mbarrier_arrive_expect_tx(tile.full, kBoxBytes);
        tma_load(tile.data, p.map, tile.full, {0, 0});
      }
      mbarrier_wait(tile.full, round);
      if (tile.data[thread_index()] == 1) syncwarp();
      if (warp_index() == 0) syncwarp();
    }
  };
  for (std::uint64_t seed : {kLate, kEager}) {
    const auto found = tma_finding<kKernel>(seed);
    ASSERT_TRUE(found.has_value());
    EXPECT_THAT(found->what(), testing::HasSubstr(line(first + 6)));
  }
}

TEST(TmaFindings, misaligned_out_of_bounds_and_wrong_rank) {
  constexpr auto kMisaligned = [](Maps p) {
    const Tile tile = make_tile(1, 2);
    if (thread_index() == 0) tma_load(tile.data + 64, p.map, tile.full, {0, 0});
  };
  expect_finding(tma_finding<kMisaligned>(), FindingKind::misaligned, "128 bytes past a multiple of 1024");
  constexpr auto kPastTile = [](Maps p) {
    const Tile tile = make_tile(1, 2);
    if (thread_index() == 0) tma_load(tile.data + 3 * kBoxElements / 2, p.map, tile.full, {0, 0});
  };
  expect_finding(tma_finding<kPastTile>(), FindingKind::out_of_bounds,
                 "at byte 3072 of shared array 'tile' (4096 bytes)");
  constexpr auto kLoad = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0) tma_load(tile.data, p.map, tile.full, {0, 48});
  };
  expect_finding(tma_finding<kLoad>(kLate, 64, sizeof tensor - 16), FindingKind::out_of_bounds, "'tensor'");
  constexpr auto kStore = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0) tma_store(p.map, {0, 0}, tile.data);
  };
  expect_finding(tma_finding<kStore>(kLate, 64, sizeof tensor, false), FindingKind::out_of_bounds,
                 "read-only");
  constexpr auto kRank = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0) tma_load(tile.data, p.map, tile.full, {0, 0, 0});
  };
  expect_finding(tma_finding<kRank>(), FindingKind::misuse, "3 coordinates", "2 dimensions");
}

TEST(TmaFindings, in_flight_at_exit) {
  const int first = __LINE__;
  constexpr auto kLoad = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0) {
      mbarrier_arrive_expect_tx(tile.full, kBoxBytes);
      tma_load(tile.data, p.map, tile.full, {0, 0});
    }
  };
  expect_finding(tma_finding<kLoad>(), FindingKind::copy_in_flight, "last thread of the block",
                 line(first + 5));
  constexpr auto kStore = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 1;
    fence_proxy_async();
    syncthreads();
    if (thread_index() == 0) {
      tma_store(p.map, {0, 0}, tile.data);
      tma_store_commit();
    }
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(tma_finding<kStore>(seed), FindingKind::copy_in_flight, "its TMA store", line(first + 16));
}

TEST(TmaFindings, tx_count_underflow) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0)
      for (int i = 0; i <= (1 << 20) / kBoxBytes; ++i) tma_load(tile.data, p.map, tile.full, {0, 0});
  };
  expect_finding(tma_finding<kKernel>(kEager), FindingKind::misuse, "no thread expects these bytes");
}

// Invalidates the mbarrier of a load in flight. With kAgain, initialises another one at the same address.
template <bool kAgain>
SIMT_KERNEL(64)
invalidate_early(const Maps p) {
  const Tile tile = make_tile(1);
  if (thread_index() == 0) {
    tma_load(tile.data, p.map, tile.full, {0, 0});
    mbarrier_invalidate(tile.full);
    if (kAgain) mbarrier_init(tile.full, 1);
  }
  syncthreads();
  if (warp_index() == 0) barrier_sync(1, 64);  // never completes, so the load must
}

TEST(TmaFindings, mbarrier_of_a_load_invalidated) {
  expect_finding(tma_finding<invalidate_early<false>>(), FindingKind::misuse, "has been invalidated");
  expect_finding(tma_finding<invalidate_early<true>>(), FindingKind::misuse, "has been invalidated");
}

// Writes a tile and stores it. kFence: 0 by the writing threads, 1 missing, 2 by the storing thread. kWait: 0
// complete, 1 allows one group in flight.
template <int kFence, int kWait>
SIMT_KERNEL(64)
store_tile(const Maps p) {
  const Tile tile = make_tile(1);
  for (int round = 0; round < 2; ++round) {
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 1;  // writes
    if (kFence == 0) fence_proxy_async();
    syncthreads();
    if (thread_index() == 0) {
      if (kFence == 2) fence_proxy_async();
      tma_store(p.map, {0, 0}, tile.data);  // stores
      tma_store_commit();
      if (kWait == 0) tma_store_wait_read<0>();
      if (kWait == 1) tma_store_wait_read<1>();
    }
    syncthreads();
  }
  if (thread_index() == 0) tma_store_wait<0>();
}
constexpr int kWrites = __LINE__ - 14, kStores = __LINE__ - 9;

TEST(TmaFindings, store_without_a_proxy_fence) {
  for (std::uint64_t seed : {kLate, kEager, kRandom}) {
    expect_finding(tma_finding<store_tile<1, 0>>(seed), FindingKind::missing_proxy_fence, "wrote it",
                   line(kWrites), line(kStores), "no fence_proxy_async");
    EXPECT_FALSE((tma_finding<store_tile<0, 0>>(seed)));
    EXPECT_FALSE((tma_finding<store_tile<2, 0>>(seed)));
  }
}

TEST(TmaFindings, write_before_the_store_has_read_the_tile) {
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(tma_finding<store_tile<0, 1>>(seed), FindingKind::race, "a TMA store of thread 0 read it",
                   line(kWrites), line(kStores));
}

TEST(TmaFindings, load_over_written_memory_without_a_proxy_fence) {
  const int first = __LINE__;
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 0;
    syncthreads();
    if (thread_index() == 0) {
      mbarrier_arrive_expect_tx(tile.full, kBoxBytes);
      tma_load(tile.data, p.map, tile.full, {0, 0});
    }
    mbarrier_wait(tile.full, 0);
  };
  expect_finding(tma_finding<kKernel>(), FindingKind::missing_proxy_fence, line(first + 3), line(first + 7));
}

TEST(TmaFindings, none_for_threads_that_commit_and_wait_without_a_store) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 1;
    fence_proxy_async();
    syncthreads();
    if (thread_index() == 40) tma_store(p.map, {0, 0}, tile.data);
    tma_store_commit();
    tma_store_wait<0>();
    syncthreads();
    tile.data[thread_index()] = 2;
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom}) expect_clean(tma_finding<kKernel>(seed));
}

TEST(TmaFindings, exception_if_more_threads_store_than_the_emulator_supports) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 1;
    fence_proxy_async();
    syncthreads();
    tma_store(p.map, {0, 16 * thread_index()}, tile.data);  // boxes of different rows, most of them outside
    tma_store_commit();
    tma_store_wait<0>();
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    EXPECT_THROW(tma_finding<kKernel>(seed), std::length_error);
}

TEST(TmaFindings, race_of_two_threads_that_store_the_same_box) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    for (int i = thread_index(); i < kBoxElements; i += 64) tile.data[i] = 1;
    fence_proxy_async();
    syncthreads();
    if (thread_index() % 32 != 0) return;
    tma_store(p.map, {0, 0}, tile.data);
    tma_store_commit();
    tma_store_wait<0>();
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(tma_finding<kKernel>(seed), FindingKind::race, "(TMA) writes",
                   "no barrier orders the two accesses");
}

TEST(StoreMatrices, misaligned_row) {
  constexpr auto kKernel = [](NoParams) {
    const std::uint32_t registers[1] = {};
    store_matrices<false>(registers,
                          SharedMemory().array<std::uint16_t>("rows", 512) + 4 + thread_index() * 8);
  };
  expect_finding(block_finding<kKernel>(), FindingKind::misaligned, "(stmatrix) writes");
}

}  // namespace
}  // namespace warpgauge::simt
