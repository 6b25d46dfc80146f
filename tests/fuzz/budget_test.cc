#include "fuzz/budget.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

TEST(Ulp, IsTheSpacingOfTheType) {
  EXPECT_EQ(ulp(Dtype::f32, 1.0), 0x1p-23);
  EXPECT_EQ(ulp(Dtype::f16, 1.0), 0x1p-10);
  EXPECT_EQ(ulp(Dtype::bf16, 1.0), 0x1p-7);
  EXPECT_EQ(ulp(Dtype::bf16, -3.0), 0x1p-6);
  EXPECT_EQ(ulp(Dtype::f16, 65504.0), 32.0);
}

TEST(Ulp, StopsAtTheSubnormals) {
  EXPECT_EQ(ulp(Dtype::f16, 0.0), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f16, 0x1p-20), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f32, 0.0), double{std::numeric_limits<float>::denorm_min()});
}

TEST(OutputBound, AddsItsFourTerms) {
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, {.keys = 1, .head_dim = 64, .largest_output = 1}), 0x1p-7);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, {.keys = 1, .largest_output = 1, .low_error = 0.5}), 1 + 0x1p-10);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, {.keys = 1, .largest_output = 1, .spread = 1}),
                   0x1p-10 + 3 * (0x1p-11 + 0x1p-22));
  EXPECT_DOUBLE_EQ(
      output_bound(Dtype::f32, {.head_dim = 64, .largest_output = 1, .spread = 2, .logit_mass = 5}),
      0x1p-23 + 6 * 44 * 0x1p-24);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f32, {.keys = 100, .largest_output = 1, .mass = 3}),
                   0x1p-23 + 30 * 0x1p-24);
}

TEST(LseBound, GrowsWithTheLogits) {
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, 64, 0, 0), 1e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, 64, 0, 0), 2e-4);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, 64, 0, 3e-5), 4e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, 64, 0x1p20, 0), 2e-4 + 1);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, 256, 0x1p20, 0), 2e-4 + 2);
}

// One key too many or too few changes LSE by 1 / keys: the counting probe sees it up to 2048 keys.
TEST(LseBound, TellsTwoThousandKeysApart) {
  EXPECT_GT(std::log(2049.0) - std::log(2048.0), 2 * lse_bound(Dtype::bf16, 64, 0, 0));
}

TEST(CountingBound, IsFarBelowOneKeyForF32) {
  for (std::int64_t keys : {1, 2, 78, 1000, 2048})
    EXPECT_LT(counting_bound(Dtype::f32, keys), 0.25 / static_cast<double>(keys)) << keys;
}

}  // namespace
}  // namespace warpgauge
