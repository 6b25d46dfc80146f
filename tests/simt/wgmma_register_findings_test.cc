// Findings on the registers of wgmma, one planted bug each, and correct kernels without findings.
#include "tests/simt/wgmma_operands.h"

namespace warpgauge::simt {
namespace {

using emulator::FindingKind;

TEST(WgmmaRegisterFindings, no_fence_before_the_first_wgmma) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[4];
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kKernel>(kLate, kWarpgroupSize), FindingKind::missing_register_fence,
                 line(first + 4));
}

TEST(WgmmaRegisterFindings, accumulators_written_after_the_fence) {
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
    expect_finding(block_finding<kKernel>(seed, kWarpgroupSize), FindingKind::missing_register_fence,
                   line(first + 5), line(first + 6), "no wgmma_fence is executed between");
}

TEST(WgmmaRegisterFindings, fragments_of_a_written_after_the_fence) {
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
  expect_finding(block_finding<kKernel>(kLate, kWarpgroupSize), FindingKind::missing_register_fence,
                 line(first + 6), line(first + 7));
}

// Accesses a register of a wgmma before its wait. kTouch: 0 reads, 1 writes an accumulator, 2 writes A.
template <int kTouch, int kGroups>
SIMT_KERNEL(kWarpgroupSize)
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

TEST(WgmmaRegisterFindings, registers_accessed_before_the_wait) {
  for (std::uint64_t seed : {kLate, kEager, kRandom}) {
    expect_finding(block_finding<touch_register<0, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "reads an accumulator", line(kBegins), line(kTouches));
    expect_finding(block_finding<touch_register<1, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "writes an accumulator", line(kBegins), line(kTouches + 1));
    expect_finding(block_finding<touch_register<2, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "writes a fragment of A", line(kBegins), line(kTouches + 2));
  }
  expect_clean<touch_register<0, 0>>(kWarpgroupSize);
  expect_clean<touch_register<1, 0>>(kWarpgroupSize);
  expect_clean<touch_register<2, 0>>(kWarpgroupSize);
}

// Uses a register of a wgmma in a matrix instruction before its wait. kUse: 0 as C of mma, 1 as A of mma, 2
// as the source of stmatrix.
template <int kUse, int kGroups>
SIMT_KERNEL(kWarpgroupSize)
use_register(NoParams) {
  const Operands tiles = make_operands();
  float d[1][1][4], c[1][1][4] = {};
  std::uint32_t a[1][4] = {}, b[1][2] = {};
  wgmma_fence();
  wgmma<f16>(d[0][0], a[0], k_major(tiles.b), false);  // begins
  wgmma_commit();
  wgmma_wait<kGroups>();
  if (kUse == 0) multiply_tile<f16>(d, 0, a, b);                             // uses
  if (kUse == 1) multiply_tile<f16>(c, 0, a, b);                             // uses
  if (kUse == 2) store_matrices<false>(a[0], tiles.a + thread_index() * 8);  // uses
  wgmma_wait<0>();
}
constexpr int kBeginsD = __LINE__ - 8, kUses = __LINE__ - 5;

TEST(WgmmaRegisterFindings, registers_accessed_by_matrix_instructions_before_the_wait) {
  for (std::uint64_t seed : {kLate, kEager, kRandom}) {
    expect_finding(block_finding<use_register<0, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "(mma) writes an accumulator", line(kBeginsD), line(kUses));
    expect_finding(block_finding<use_register<1, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "(mma) reads a fragment of A", line(kBeginsD), line(kUses + 1));
    expect_finding(block_finding<use_register<2, 1>>(seed, kWarpgroupSize), FindingKind::register_in_flight,
                   "(stmatrix) reads a fragment of A", line(kBeginsD), line(kUses + 2));
  }
  expect_clean<use_register<0, 0>>(kWarpgroupSize);
  expect_clean<use_register<1, 0>>(kWarpgroupSize);
  expect_clean<use_register<2, 0>>(kWarpgroupSize);
}

TEST(WgmmaRegisterFindings, accumulators_written_by_mma_after_the_fence) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[1][2][4] = {};
    const std::uint32_t a[1][4] = {}, b[1][2] = {};
    wgmma_fence();
    multiply_tile<f16>(d, 1, a, b);
    wgmma<f16>(*reinterpret_cast<float(*)[8]>(d), k_major(tiles.a), k_major(tiles.b), true);
    wgmma_commit();
    wgmma_wait<0>();
  };
  for (std::uint64_t seed : {kLate, kEager, kRandom})
    expect_finding(block_finding<kKernel>(seed, kWarpgroupSize), FindingKind::missing_register_fence,
                   line(first + 6), line(first + 7), "no wgmma_fence is executed between");
}

TEST(WgmmaRegisterFindings, overlapping_accumulators_of_different_shapes) {
  const int first = __LINE__;
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float d[8];
    wgmma_fence();
    wgmma<f16>(d, k_major(tiles.a), k_major(tiles.b), false);
    float(&half)[4] = *reinterpret_cast<float(*)[4]>(d + 4);
    wgmma<f16>(half, k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kKernel>(kLate, kWarpgroupSize), FindingKind::register_in_flight,
                 line(first + 5), line(first + 7));
}

TEST(WgmmaRegisterFindings, exit_without_the_wait) {
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
    expect_finding(block_finding<kKernel>(seed, kWarpgroupSize), FindingKind::register_in_flight, "exits",
                   line(first + 5));
}

TEST(WgmmaRegisterFindings, registers_that_are_not_a_local_array) {
  constexpr auto kKernel = [](NoParams) {
    const Operands tiles = make_operands();
    float* d = reinterpret_cast<float*>(tiles.a);
    wgmma_fence();
    wgmma<f16>(*reinterpret_cast<float(*)[4]>(d), k_major(tiles.a), k_major(tiles.b), false);
  };
  expect_finding(block_finding<kKernel>(kLate, kWarpgroupSize), FindingKind::misuse, "not a local array");
}

}  // namespace
}  // namespace warpgauge::simt
