#include "bench/roofline.h"

#include <gmock/gmock.h>

#include <cmath>

namespace warpgauge::bench {
namespace {

using ::testing::StartsWith;

Problem problem(std::int64_t seq_q, std::int64_t seq_k) {
  return {.batch = 2, .heads = 8, .kv_heads = 8, .seq_q = seq_q, .seq_k = seq_k, .head_dim = 64};
}

// 1 TFLOP/s; 100 GB/s up to 1 MiB, 10 GB/s beyond.
Ceilings ceilings() {
  return {.flops_per_s = {{Dtype::f32, 1e12}},
          .read_bytes_per_s = {{1 << 15, 1e11}, {1 << 20, 1e11}, {1 << 27, 1e10}}};
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
  const Roofline r = place_on_roofline(p, attention_bytes(p) / 80e9, ceilings(), CacheMode::warm);
  EXPECT_NEAR(r.gbps, 80, 1e-9);
  EXPECT_NEAR(r.percent, 80, 1e-9);
  EXPECT_EQ(r.bottleneck, "memory-bound");
}

TEST(Roofline, ColdOperandsComeFromMemoryWhateverTheirSize) {
  const Problem p = problem(1, 128);
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
  p.dtype = Dtype::bf16;
  EXPECT_TRUE(std::isnan(place_on_roofline(p, 1, ceilings(), CacheMode::warm).percent));
}

TEST(Ceilings, BandwidthIsThatOfTheLargestMeasuredSetUpToTheSize) {
  EXPECT_EQ(ceilings().bandwidth(100), 1e11);
  EXPECT_EQ(ceilings().bandwidth(1 << 20), 1e11);
  EXPECT_EQ(ceilings().bandwidth((1 << 27) - 1), 1e11);
  EXPECT_EQ(ceilings().bandwidth(1e12), 1e10);
  EXPECT_EQ(Ceilings{}.bandwidth(1), 0);
}

TEST(Ceilings, ArePositiveHereAndSmallerSetsAreNotSlower) {
  const Ceilings c = measure_cpu_ceilings(1);
  EXPECT_GT(c.flops_per_s.at(Dtype::f32), 1e8);
  EXPECT_FALSE(c.flops_per_s.contains(Dtype::bf16));
  double previous = INFINITY;
  for (const auto& [bytes, rate] : c.read_bytes_per_s) {
    EXPECT_GT(rate, 0);
    EXPECT_LE(rate, previous);
    previous = rate;
  }
}

}  // namespace
}  // namespace warpgauge::bench
