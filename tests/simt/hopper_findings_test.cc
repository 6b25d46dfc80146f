// One planted bug for each thing that the emulator claims to find in a kernel of sm_90a, beside what is
// right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

using emulator::DeviceError;
using emulator::FindingKind;
using testing::AllOf;
using testing::HasSubstr;

std::string line(int number) {
  return "hopper_findings_test.cc:" + std::to_string(number);
}

// Checks the kind, and that the report holds every one of the texts.
template <class... Texts>
void expect_finding(const std::optional<DeviceError>& found, FindingKind kind, const Texts&... texts) {
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind(), kind) << found->what();
  EXPECT_THAT(found->what(), AllOf(HasSubstr(finding_name(kind)), HasSubstr(texts)...));
}

constexpr std::uint64_t kLate = 0, kEager = 3, kRandom = 2;

template <auto kKernel>
void expect_clean(int threads) {
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    const auto found = finding<kKernel>({.threads = threads, .shared_bytes = 65536, .seed = seed});
    EXPECT_FALSE(found.has_value()) << found->what();
  }
}

template <auto kKernel>
auto warp_finding(std::uint64_t seed = kLate, int threads = 64) {
  return finding<kKernel>({.threads = threads, .shared_bytes = 65536, .seed = seed});
}

// ---- mbarriers

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

// ---- TMA

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

TEST(TmaFindings, on_a_barrier_whose_initialisation_was_not_fenced) {
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
  expect_finding(tma_finding<kKernel>(), FindingKind::missing_proxy_fence, "without fence_mbarrier_init",
                 line(first + 6), line(first + 8));
}

TEST(TmaFindings, read_before_the_wait) {
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

TEST(TmaFindings, half_of_the_bytes_announced) {
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

TEST(TmaFindings, over_what_another_warp_may_still_read) {
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
    EXPECT_THAT(found->what(), HasSubstr(line(first + 6)));
  }
}

TEST(TmaFindings, misaligned_outside_and_of_another_rank) {
  constexpr auto kMisaligned = [](Maps p) {
    const Tile tile = make_tile(1, 2);
    if (thread_index() == 0) tma_load(tile.data + 64, p.map, tile.full, {0, 0});
  };
  expect_finding(tma_finding<kMisaligned>(), FindingKind::misaligned, "128 bytes off its alignment of 1024");
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
                 "read only");
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
  expect_finding(tma_finding<kLoad>(), FindingKind::copy_in_flight, "the last of the block", line(first + 5));
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
    expect_finding(tma_finding<kStore>(seed), FindingKind::copy_in_flight, "a TMA store", line(first + 15));
}

TEST(TmaFindings, more_bytes_than_a_barrier_counts_that_nobody_announced) {
  constexpr auto kKernel = [](Maps p) {
    const Tile tile = make_tile(1);
    if (thread_index() == 0)
      for (int i = 0; i <= (1 << 20) / kBoxBytes; ++i) tma_load(tile.data, p.map, tile.full, {0, 0});
  };
  expect_finding(tma_finding<kKernel>(kEager), FindingKind::misuse, "to which nobody announces bytes");
}

// Invalidates the barrier of a load that is on its way, and with kAgain makes another there.
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
  if (warp_index() == 0) barrier_sync(1, 64);  // for ever
}

TEST(TmaFindings, its_barrier_invalidated) {
  expect_finding(tma_finding<invalidate_early<false>>(), FindingKind::misuse,
                 "has been invalidated meanwhile");
  expect_finding(tma_finding<invalidate_early<true>>(), FindingKind::misuse,
                 "has been invalidated meanwhile");
}

// Writes a tile, and stores it with what kFence and kWait say: 0 right, 1 left out, 2 by the other side.
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

TEST(TmaFindings, stored_without_a_proxy_fence) {
  for (std::uint64_t seed : {kLate, kEager, kRandom}) {
    expect_finding(tma_finding<store_tile<1, 0>>(seed), FindingKind::missing_proxy_fence, "wrote it",
                   line(kWrites), line(kStores), "no fence_proxy_async");
    EXPECT_FALSE((tma_finding<store_tile<0, 0>>(seed)));
    EXPECT_FALSE((tma_finding<store_tile<2, 0>>(seed)));  // anywhere between the two
  }
}

TEST(TmaFindings, written_again_before_the_store_has_read_it) {
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(tma_finding<store_tile<0, 1>>(seed), FindingKind::race, "a TMA store of thread 0 read it",
                   line(kWrites), line(kStores));
}

TEST(TmaFindings, over_what_threads_wrote_without_a_proxy_fence) {
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

TEST(StoreMatrices, of_a_misaligned_row) {
  constexpr auto kKernel = [](NoParams) {
    const std::uint32_t registers[1] = {};
    store_matrices<false>(registers,
                          SharedMemory().array<std::uint16_t>("rows", 512) + 4 + thread_index() * 8);
  };
  expect_finding(warp_finding<kKernel>(), FindingKind::misaligned, "stores a matrix row");
}

// ---- wgmma

struct Operands {
  f16* a;
  f16* b;
};

SIMT_DEVICE Operands make_operands(bool fence = true) {
  SharedMemory shared;
  const Operands tiles{shared.array<f16>("A", 4096, 1024), shared.array<f16>("B", 4096, 1024)};
  for (int i = thread_index(); i < 4096; i += 128) tiles.a[i] = tiles.b[i] = f16{};  // fills
  if (fence) fence_proxy_async();
  syncthreads();
  return tiles;
}
constexpr int kFills = __LINE__ - 5;

TEST(WgmmaFindings, nothing_in_what_is_right) {
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[8], e[8];
    for (float& x : d) x = 1.0f;
    for (int round = 0; round < 3; ++round) {
      for (float& x : d) x += 1.0f;
      wgmma_fence();
      wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), true);
      wgmma<f16>(d, k_major(tiles.a).advanced(32), k_major(tiles.b).advanced(32), true);
      wgmma_commit();
      wgmma<f16>(e, k_major(tiles.a), k_major(tiles.b), false);
      wgmma_commit();
      wgmma_wait<1>();
      pin_registers(d);
      for (float& x : d) x *= 2.0f;
      wgmma_wait<0>();
      pin_registers(e);
      e[0] += 1.0f;
      syncthreads();
      tiles.a[thread_index()] = f16{};
      fence_proxy_async();
      syncthreads();
    }
  };
  expect_clean<kKernel>(256 / 2);
}

TEST(WgmmaFindings, no_fence_before_the_first) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kKernel>(kLate, 128), FindingKind::missing_register_fence, line(first + 4));
}

TEST(WgmmaFindings, accumulators_written_after_the_fence) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    d[2] = 1.0f;
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), true);
    wgmma_commit();
    wgmma_wait<0>();
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(warp_finding<kKernel>(seed, 128), FindingKind::missing_register_fence, line(first + 5),
                   line(first + 6), "no wgmma_fence comes between");
}

TEST(WgmmaFindings, fragments_of_a_written_after_the_fence) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    std::uint32_t a[4];
    wgmma_fence();
    load_matrices<false>(a, tiles.a + lane_index() * 8);
    wgmma<f16>(d, a, k_major(tiles.b), false);
    wgmma_commit();
    wgmma_wait<0>();
  };
  expect_finding(warp_finding<kKernel>(kLate, 128), FindingKind::missing_register_fence, line(first + 6),
                 line(first + 7));
}

// Touches a register of kind kTouch between a wgmma and the wait for it.
template <int kTouch, int kGroups>
SIMT_KERNEL(128)
touch_register(NoParams) {
  const Operands tiles = make_operands();
  float d[4], other[4], seen = 0.0f;
  std::uint32_t a[4] = {};
  wgmma_fence();
  wgmma<f16>(d, a, k_major(tiles.b), false);  // begins
  wgmma_commit();
  wgmma_wait<kGroups>();
  if (kTouch == 0) seen = d[1];  // touches
  if (kTouch == 1) d[3] = 0.0f;  // touches
  if (kTouch == 2) a[0] = 1;     // touches
  wgmma_fence();
  wgmma<f16>(other, k_major(tiles.a), k_major(tiles.b), false);
  wgmma_commit();
  wgmma_wait<0>();
  if (seen + d[0] + other[0] + static_cast<float>(a[0]) == 12345.0f) syncwarp();
}
constexpr int kBegins = __LINE__ - 12, kTouches = __LINE__ - 9;

TEST(WgmmaFindings, registers_touched_before_the_wait) {
  for (std::uint64_t seed : {kLate, kEager, kRandom}) {
    expect_finding(warp_finding<touch_register<0, 1>>(seed, 128), FindingKind::register_in_flight,
                   "reads an accumulator", line(kBegins), line(kTouches));
    expect_finding(warp_finding<touch_register<1, 1>>(seed, 128), FindingKind::register_in_flight,
                   "writes an accumulator", line(kBegins), line(kTouches + 1));
    expect_finding(warp_finding<touch_register<2, 1>>(seed, 128), FindingKind::register_in_flight,
                   "writes a fragment of A", line(kBegins), line(kTouches + 2));
  }
  expect_clean<touch_register<0, 0>>(128);
  expect_clean<touch_register<1, 0>>(128);
  expect_clean<touch_register<2, 0>>(128);
}

TEST(WgmmaFindings, accumulators_of_two_shapes_at_once) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[8];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
    float(&half)[4] = *reinterpret_cast<float(*)[4]>(d + 4);
    wgmma<f16>(half, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kKernel>(kLate, 128), FindingKind::register_in_flight, line(first + 5),
                 line(first + 7));
}

TEST(WgmmaFindings, exit_without_the_wait) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
    wgmma_commit();
    wgmma_wait<1>();
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(warp_finding<kKernel>(seed, 128), FindingKind::register_in_flight, "exits",
                   line(first + 5));
}

// Overwrites a shared operand after wgmma_wait<kGroups>.
template <int kGroups>
SIMT_KERNEL(128)
overwrite_operand(NoParams) {
  const Operands tiles = make_operands();
  float d[4];
  wgmma_fence();
  wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);  // begins
  wgmma_commit();
  wgmma_wait<kGroups>();
  syncthreads();
  tiles.b[thread_index()] = f16{};  // overwrites
  wgmma_wait<0>();
}
constexpr int kBeginsB = __LINE__ - 7, kOverwrites = __LINE__ - 3;

TEST(WgmmaFindings, an_operand_overwritten_while_it_is_in_flight) {
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(warp_finding<overwrite_operand<1>>(seed, 128), FindingKind::race, "a wgmma of warp",
                   "read it", line(kBeginsB), line(kOverwrites));
  expect_clean<overwrite_operand<0>>(128);
}

TEST(WgmmaFindings, a_wait_is_for_the_warpgroup_and_one_thread_may_tell_others) {
  constexpr auto kRelease = [](NoParams) {
    SharedMemory shared;
    f16* a = shared.array<f16>("A", 4096, 1024);
    f16* b = shared.array<f16>("B", 4096, 1024);
    auto* empty = shared.array<Mbarrier>("empty", 1);
    for (int i = thread_index(); i < 4096; i += 256) a[i] = b[i] = f16{};
    if (thread_index() == 0) mbarrier_init(empty, 1);
    fence_proxy_async();
    syncthreads();
    if (warpgroup_index() == 0) {
      float d[4];
      wgmma_fence();
      wgmma<f16>(d, k_major(a), k_major(b), false);
      wgmma_commit();
      wgmma_wait<0>();
      if (thread_index() == 0) mbarrier_arrive(empty);
    } else {
      mbarrier_wait(empty, 0);
      b[thread_index() % 128] = f16{};
    }
  };
  expect_clean<kRelease>(256);
}

TEST(WgmmaFindings, the_wait_is_for_warps_that_have_not_begun_yet) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    f16* tile = shared.array<f16>("tile", 4096, 1024);
    auto* go = shared.array<Mbarrier>("go", 1);
    for (int i = thread_index(); i < 4096; i += 128) tile[i] = f16{};
    if (thread_index() == 0) mbarrier_init(go, 1);
    fence_proxy_async();
    syncthreads();
    if (warp_index() == 3) mbarrier_wait(go, 0);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tile), k_major(tile), false);
    wgmma_commit();
    wgmma_wait<0>();
    if (thread_index() == 0) mbarrier_arrive(go);
  };
  expect_finding(warp_finding<kKernel>(kLate, 128), FindingKind::deadlock, "threads 0..95 wait at wgmma_wait",
                 "threads 96..127 wait at mbarrier_wait");
}

TEST(WgmmaFindings, operands_without_a_proxy_fence_or_contents) {
  const int first = __LINE__;
  constexpr auto kFence = [](NoParams) {
    const Operands tiles = make_operands(false);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kFence>(kLate, 128), FindingKind::missing_proxy_fence, line(kFills),
                 line(first + 5));
  constexpr auto kEmpty = [](NoParams) {
    const f16* tile = SharedMemory().array<f16>("A", 4096, 1024);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tile), k_major(tile), false);
  };
  expect_finding(warp_finding<kEmpty>(kLate, 128), FindingKind::uninitialised, line(first + 13));
  constexpr auto kOutside = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a, 1280), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kOutside>(kLate, 128), FindingKind::out_of_bounds, "'A'", line(first + 20));
  constexpr auto kMisaligned = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(128), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kMisaligned>(kLate, 128), FindingKind::misaligned,
                 "128 bytes into the swizzle");
}

TEST(WgmmaFindings, lanes_and_warps_that_differ) {
  constexpr auto kLanes = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(thread_index() % 2 * 32), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kLanes>(kLate, 128), FindingKind::divergence, "differ between lanes 0 and 1");
  constexpr auto kWarps = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(warp_index() % 2 * 32), k_major(tiles.b), false);
    wgmma_commit();
    wgmma_wait<0>();
  };
  expect_finding(warp_finding<kWarps>(kLate, 128), FindingKind::divergence,
                 "other operands in shared memory");
  const int first = __LINE__;
  constexpr auto kPlaces = [](NoParams) {
    if (warp_index() == 2)
      wgmma_fence();
    else
      wgmma_fence();
  };
  expect_finding(warp_finding<kPlaces>(kLate, 128), FindingKind::divergence, line(first + 3),
                 line(first + 5));
  constexpr auto kMissing = [](NoParams) {
    if (warp_index() != 2) wgmma_fence();
  };
  expect_finding(warp_finding<kMissing>(kLate, 128), FindingKind::divergence,
                 "exits without the wgmma_fence");
  for (std::uint64_t seed = 1; seed < 13; ++seed)  // whether that warp comes first or last
    expect_finding(warp_finding<kMissing>(seed, 128), FindingKind::divergence);
  constexpr auto kHalf = [](NoParams) { wgmma_fence(); };
  expect_finding(warp_finding<kHalf>(kLate, 64), FindingKind::misuse, "whole warpgroup");
}

TEST(WgmmaFindings, registers_that_are_no_local_array) {
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float* d = reinterpret_cast<float*>(tiles.a);
    wgmma_fence();
    wgmma<f16>(*reinterpret_cast<float(*)[4]>(d), k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kKernel>(kLate, 128), FindingKind::misuse, "no local array");
}

TEST(Setmaxnreg, in_the_wrong_direction_and_by_some_warps) {
  constexpr auto kRaise = [](NoParams) { lower_registers<248>(); };  // 384 threads start with 168
  expect_finding(warp_finding<kRaise>(kLate, 384), FindingKind::misuse,
                 "lowers its registers from 168 to 248");
  constexpr auto kLower = [](NoParams) { raise_registers<24>(); };
  expect_finding(warp_finding<kLower>(kLate, 384), FindingKind::misuse,
                 "raises its registers from 168 to 24");
  constexpr auto kSome = [](NoParams) {
    if (warp_index() == 0) lower_registers<24>();
  };
  expect_finding(warp_finding<kSome>(kLate, 384), FindingKind::divergence, "setmaxnreg");
  constexpr auto kRight = [](NoParams) {
    if (warpgroup_index() == 0)
      lower_registers<24>();
    else
      raise_registers<240>();
  };
  expect_clean<kRight>(384);
}

}  // namespace
}  // namespace warpgauge::simt
