#include "bench/roofline.h"

#include <gmock/gmock.h>

#include <cmath>

namespace warpgauge::bench {
namespace {

using ::testing::StartsWith;

Problem problem(std::int64_t seq_q, std::int64_t seq_k) {
  return {.batch = 2, .heads = 8, .kv_heads = 8, .seq_q = seq_q, .seq_k = seq_k, .head_dim = 64};
}

// 1 TFLOP/s; 100 GB/s up to 1 MiB, 10 GB/s beyond; all +-5 %.
Ceilings ceilings() {
  return {.flops_per_s = {{Dtype::f32, {1e12, 0.05}}},
          .read_bytes_per_s = {{1 << 15, {1e11, 0.05}},
                               {1 << 20, {1e11, 0.05}},
                               {Ceilings::kMemory, {1e10, 0.05}}},
          .threads = 1};
}

TEST(Roofline, LongSequencesAreComputeBound) {
  const Problem p = problem(1024, 1024);
  const double flops = 4.0 * 2 * 8 * 1024 * 1024 * 64;
  const Roofline r = place_on_roofline(p, flops / 0.5e12, ceilings(), CacheMode::warm);
  EXPECT_NEAR(r.tflops, 0.5, 1e-12);
  EXPECT_NEAR(r.percent, 50, 1e-9);
  EXPECT_EQ(r.bottleneck, "compute-bound");
  EXPECT_NEAR(r.arithmetic_intensity, flops / attention_bytes(p), 1e-9);
}

TEST(Roofline, DecodeIsMemoryBound) {
  const Problem p = problem(1, 2048);  // about 16 MiB
  const Roofline r = place_on_roofline(p, attention_bytes(p) / 8e9, ceilings(), CacheMode::warm);
  EXPECT_NEAR(r.gbps, 8, 1e-9);
  EXPECT_NEAR(r.percent, 80, 1e-9);
  EXPECT_EQ(r.bottleneck, "memory-bound");
}

TEST(Roofline, ColdOperandsComeFromMemoryWhateverTheirSize) {
  const Problem p = problem(1, 64);
  const double seconds = attention_bytes(p) / 5e9;
  EXPECT_NEAR(place_on_roofline(p, seconds, ceilings(), CacheMode::warm).percent, 5, 1e-9);
  EXPECT_NEAR(place_on_roofline(p, seconds, ceilings(), CacheMode::cold).percent, 50, 1e-9);
}

TEST(Roofline, ACaseFarBelowTheCeilingIsLabelled) {
  const Problem p = problem(1024, 1024);
  const Roofline r = place_on_roofline(p, attention_flops(p) / 1e10, ceilings(), CacheMode::warm);
  EXPECT_THAT(r.bottleneck, StartsWith("compute-bound, far below its ceiling"));
}

// An efficiency of 103 % means that the peak was measured too low.
TEST(Roofline, ACeilingThatWasExceededDoesNotCount) {
  const Problem p = problem(1024, 1024);
  const Roofline r = place_on_roofline(p, attention_flops(p) / 1.03e12, ceilings(), CacheMode::warm);
  EXPECT_TRUE(std::isnan(r.percent));
  EXPECT_EQ(r.bottleneck, "");
  EXPECT_NEAR(r.tflops, 1.03, 1e-9);
}

TEST(Roofline, WithoutACeilingThePercentageIsNan) {
  Problem p = problem(512, 512);
  EXPECT_TRUE(std::isnan(place_on_roofline(p, 1, {}, CacheMode::warm).percent));
  p.dtype = Dtype::bf16;  // as on a processor other than x86-64
  EXPECT_TRUE(std::isnan(place_on_roofline(p, 1, ceilings(), CacheMode::warm).percent));
}

TEST(Ceilings, BandwidthIsThatOfTheSmallestLevelThatHoldsTheOperands) {
  EXPECT_EQ(ceilings().bandwidth(100)->best, 1e11);
  EXPECT_EQ(ceilings().bandwidth(1 << 20)->best, 1e11);
  EXPECT_EQ(ceilings().bandwidth((1 << 20) + 1)->best, 1e10);
  EXPECT_EQ(ceilings().bandwidth(1e12)->best, 1e10);
  EXPECT_EQ(Ceilings{}.bandwidth(1), nullptr);
}

TEST(Ceilings, TheIntervalReachesAsFarAboveTheBestRunAsTheMedianIsBelow) {
  const double steady[] = {99, 100, 100}, unsteady[] = {70, 80, 100};
  EXPECT_EQ(rate_of_runs(steady).best, 100);
  EXPECT_NEAR(rate_of_runs(steady).most(), 103, 1e-9);  // 3 % at least
  EXPECT_NEAR(rate_of_runs(unsteady).most(), 120, 1e-9);
}

TEST(Ceilings, RaisingKeepsTheHigherLimits) {
  Ceilings lower = ceilings(), higher = ceilings();
  higher.flops_per_s[Dtype::f32].best = 2e12;
  lower.read_bytes_per_s[1 << 15].best = 2e11;
  lower.raise(higher);
  EXPECT_EQ(lower.flops_per_s[Dtype::f32].best, 2e12);
  EXPECT_EQ(lower.read_bytes_per_s[1 << 15].best, 2e11);
}

TEST(FasterThanPossible, IsATimeBelowTheUpperEndOfTheCeiling) {
  const Problem p = problem(1024, 1024);
  const double flops = attention_flops(p);
  EXPECT_EQ(faster_than_possible(p, flops / 1.04e12, ceilings(), CacheMode::warm), "");
  EXPECT_EQ(faster_than_possible(p, flops / 839e12, ceilings(), CacheMode::warm),
            "839 TFLOP/s; this machine with 1 thread reaches 1.05 at most");
  EXPECT_EQ(faster_than_possible(p, flops / 839e12, {}, CacheMode::warm), "");  // nothing is known
}

// A part of the operands may stay in a cache.
TEST(FasterThanPossible, HoldsForBytesToo) {
  const Problem p = problem(1, 2048);
  const double bytes = attention_bytes(p), cached = 1 << 20;
  const double least = cached / 1.05e11 + (bytes - cached) / 1.05e10;
  EXPECT_EQ(faster_than_possible(p, 1.01 * least, ceilings(), CacheMode::warm), "");
  EXPECT_THAT(faster_than_possible(p, 0.99 * least, ceilings(), CacheMode::warm),
              ::testing::ContainsRegex("GB/s; this machine with 1 thread reaches .* at most"));
  EXPECT_NE(faster_than_possible(p, 0.99 * bytes / 1.05e10, ceilings(), CacheMode::cold), "");
}

// As 3xTF32 and bf16x3 do.
TEST(FasterThanPossible, F32MayBeMadeOfThree16BitProducts) {
  Ceilings with_matrices = ceilings();
  with_matrices.flops_per_s[Dtype::bf16] = {30e12, 0};
  with_matrices.read_bytes_per_s = {{Ceilings::kMemory, {1e12, 0}}};
  const Problem p = problem(1024, 1024);
  EXPECT_EQ(faster_than_possible(p, attention_flops(p) / 9e12, with_matrices, CacheMode::warm), "");
  EXPECT_NE(faster_than_possible(p, attention_flops(p) / 11e12, with_matrices, CacheMode::warm), "");
}

TEST(Ceilings, ArePositiveHereAndSmallerSetsAreNotSlower) {
  const Ceilings c = measure_cpu_ceilings(1);
  for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16}) {
    EXPECT_GT(c.flops_per_s.at(dtype).best, 1e8);
    EXPECT_GE(c.flops_per_s.at(dtype).share, 0.03);
    EXPECT_GE(c.flops_per_s.at(dtype).best, c.flops_per_s.at(Dtype::f32).best);  // 16 bits can be widened
  }
  ASSERT_TRUE(c.read_bytes_per_s.contains(Ceilings::kMemory));
  double previous = INFINITY;
  for (const auto& [bytes, rate] : c.read_bytes_per_s) {
    EXPECT_GT(rate.best, 0);
    EXPECT_LE(rate.best, previous);
    previous = rate.best;
  }
}

}  // namespace
}  // namespace warpgauge::bench
