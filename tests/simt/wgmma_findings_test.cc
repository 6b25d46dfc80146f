// Findings on wgmma operands, warpgroup divergence and setmaxnreg, one planted bug each, and correct kernels
// without findings.
#include "tests/simt/wgmma_operands.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

TEST(WgmmaFindings, none_in_a_correct_kernel) {
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
  expect_clean<kKernel>(kWarpgroupSize);
}

// Overwrites a shared operand after wgmma_wait<kGroups>.
template <int kGroups>
SIMT_KERNEL(kWarpgroupSize)
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

TEST(WgmmaFindings, shared_operand_overwritten_before_the_wait) {
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(block_finding<overwrite_operand<1>>(seed, kWarpgroupSize), FindingKind::race,
                   "a wgmma of warp", "read it", line(kBeginsB), line(kOverwrites));
  expect_clean<overwrite_operand<0>>(kWarpgroupSize);
}

TEST(WgmmaFindings, none_if_one_thread_arrives_for_the_warpgroup_after_its_wait) {
  constexpr auto kRelease = [](NoParams) {
    SharedMemory shared;
    f16* a = shared.array<f16>("A", 4096, 1024);
    f16* b = shared.array<f16>("B", 4096, 1024);
    auto* empty = shared.array<Mbarrier>("empty", 1);
    for (int i = thread_index(); i < 4096; i += 2 * kWarpgroupSize) a[i] = b[i] = f16{};
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
      b[thread_index() % kWarpgroupSize] = f16{};
    }
  };
  expect_clean<kRelease>(2 * kWarpgroupSize);
}

TEST(WgmmaFindings, the_wait_blocks_until_all_warps_have_issued_the_wgmma) {
  constexpr auto kKernel = [](NoParams) {
    SharedMemory shared;
    f16* tile = shared.array<f16>("tile", 4096, 1024);
    auto* go = shared.array<Mbarrier>("go", 1);
    for (int i = thread_index(); i < 4096; i += kWarpgroupSize) tile[i] = f16{};
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
  expect_finding(block_finding<kKernel>(kLate, kWarpgroupSize), FindingKind::deadlock,
                 "threads 0..95 wait at wgmma_wait", "threads 96..127 wait at mbarrier_wait");
}

TEST(WgmmaFindings, shared_operand_unfenced_uninitialised_out_of_bounds_or_misaligned) {
  const int first = __LINE__;
  constexpr auto kFence = [](NoParams) {
    const Operands tiles = make_operands(false);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kFence>(kLate, kWarpgroupSize), FindingKind::missing_proxy_fence, kFills,
                 line(first + 5));
  constexpr auto kEmpty = [](NoParams) {
    const f16* tile = SharedMemory().array<f16>("A", 4096, 1024);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tile), k_major(tile), false);
    wgmma_commit();
    wgmma_wait<0>();
    if (d[0] > 0) syncwarp();
  };
  expect_finding(block_finding<kEmpty>(kLate, kWarpgroupSize), FindingKind::uninitialised, line(first + 13));
  constexpr auto kOutside = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a, 1280), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kOutside>(kLate, kWarpgroupSize), FindingKind::out_of_bounds, "'A'",
                 line(first + 23));
  constexpr auto kMisaligned = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(128), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kMisaligned>(kLate, kWarpgroupSize), FindingKind::misaligned,
                 "128 bytes into a 1024-byte swizzle pattern");
}

TEST(WgmmaFindings, operands_that_differ_between_lanes_or_warps) {
  constexpr auto kLanes = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(thread_index() % 2 * 32), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kLanes>(kLate, kWarpgroupSize), FindingKind::divergence,
                 "differ between lanes 0 and 1");
  constexpr auto kWarps = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a).advanced(warp_index() % 2 * 32), k_major(tiles.b), false);
    wgmma_commit();
    wgmma_wait<0>();
  };
  expect_finding(block_finding<kWarps>(kLate, kWarpgroupSize), FindingKind::divergence,
                 "different shared operands");
}

TEST(WgmmaFindings, warps_that_execute_different_instructions) {
  const int first = __LINE__;
  constexpr auto kPlaces = [](NoParams) {
    if (warp_index() == 2)
      wgmma_fence();
    else
      wgmma_fence();
  };
  expect_finding(block_finding<kPlaces>(kLate, kWarpgroupSize), FindingKind::divergence, line(first + 3),
                 line(first + 5));
  constexpr auto kMissing = [](NoParams) {
    if (warp_index() != 2) wgmma_fence();
  };
  expect_finding(block_finding<kMissing>(kLate, kWarpgroupSize), FindingKind::divergence,
                 "exits without the wgmma_fence");
  for (std::uint64_t seed = 1; seed < 13; ++seed)
    expect_finding(block_finding<kMissing>(seed, kWarpgroupSize), FindingKind::divergence);
  constexpr auto kHalf = [](NoParams) { wgmma_fence(); };
  expect_finding(block_finding<kHalf>(kLate, 64), FindingKind::misuse, "whole warpgroup");
}

TEST(Setmaxnreg, in_the_wrong_direction_and_by_some_warps) {
  constexpr auto kRaise = [](NoParams) {
    lower_registers<248>();
  };  // 384 threads start with 168 registers each
  expect_finding(block_finding<kRaise>(kLate, 3 * kWarpgroupSize), FindingKind::misuse,
                 "lower_registers<248>, which would raise its 168 registers");
  constexpr auto kLower = [](NoParams) { raise_registers<24>(); };
  expect_finding(block_finding<kLower>(kLate, 3 * kWarpgroupSize), FindingKind::misuse,
                 "raise_registers<24>, which would lower its 168 registers");
  constexpr auto kSome = [](NoParams) {
    if (warp_index() == 0) lower_registers<24>();
  };
  expect_finding(block_finding<kSome>(kLate, 3 * kWarpgroupSize), FindingKind::divergence, "setmaxnreg");
  constexpr auto kRight = [](NoParams) {
    if (warpgroup_index() == 0)
      lower_registers<24>();
    else
      raise_registers<240>();
  };
  expect_clean<kRight>(3 * kWarpgroupSize);
}

}  // namespace
}  // namespace warpgauge::simt
