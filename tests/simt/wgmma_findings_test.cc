// One planted bug for each thing that the emulator claims to find about wgmma, its operands and warps, and
// setmaxnreg, beside what is right.
#include "tests/simt/wgmma_operands.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

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
  expect_clean<kKernel>(128);
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
  expect_finding(warp_finding<kFence>(kLate, 128), FindingKind::missing_proxy_fence, kFills, line(first + 5));
  constexpr auto kEmpty = [](NoParams) {
    const f16* tile = SharedMemory().array<f16>("A", 4096, 1024);
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tile), k_major(tile), false);
  };
  expect_finding(warp_finding<kEmpty>(kLate, 128), FindingKind::uninitialised, line(first + 12));
  constexpr auto kOutside = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a, 1280), k_major(tiles.b), false);
  };
  expect_finding(warp_finding<kOutside>(kLate, 128), FindingKind::out_of_bounds, "'A'", line(first + 19));
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
