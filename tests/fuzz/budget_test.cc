#include "fuzz/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "fuzz/inputs.h"
#include "fuzz/oracle.h"
#include "tests/fuzz/tensor_core.h"

namespace warpgauge {
namespace {

TEST(Ulp, IsTheSpacingOfTheType) {
  EXPECT_EQ(ulp(Dtype::f32, 1.0), 0x1p-23);
  EXPECT_EQ(ulp(Dtype::f16, 1.0), 0x1p-10);
  EXPECT_EQ(ulp(Dtype::bf16, 1.0), 0x1p-7);
  EXPECT_EQ(ulp(Dtype::bf16, -3.0), 0x1p-6);
  EXPECT_EQ(ulp(Dtype::f16, 65504.0), 32.0);
}

TEST(Ulp, IsConstantBelowTheSmallestNormalNumber) {
  EXPECT_EQ(ulp(Dtype::f16, 0.0), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f16, 0x1p-20), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f32, 0.0), double{std::numeric_limits<float>::denorm_min()});
}

// 1 + u lies half-way between 1 and the next value, and is rounded to the even one, 1. Anything above it is
// not.
TEST(UnitRoundoff, IsTheLargestRelativeErrorOfTheConversions) {
  EXPECT_EQ(unit_roundoff(Dtype::f32), double{std::numeric_limits<float>::epsilon()} / 2);
  for (Dtype dtype : {Dtype::f16, Dtype::bf16}) {
    const auto u = static_cast<float>(unit_roundoff(dtype));
    EXPECT_EQ(round_to(dtype, 1 + u), 1) << dtype_name(dtype);
    EXPECT_EQ(round_to(dtype, 1 + 1.01f * u), 1 + 2 * u) << dtype_name(dtype);
  }
}

constexpr Rounding kBefore{.weights = Rounding::Weights::before_division},
    kAfter{.weights = Rounding::Weights::after_division};

TEST(OutputBound, AddsItsTerms) {
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, {}, {.keys = 1, .head_dim = 64, .largest_output = 1}), 0x1p-7);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, {}, {.keys = 1, .largest_output = 1, .low_error = 0.5}),
                   1 + 0x1p-10);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, {}, {.keys = 1, .largest_output = 1, .spread = 1}),
                   0x1p-10 + 3 * 0x1p-22);
  EXPECT_DOUBLE_EQ(
      output_bound(Dtype::f32, {}, {.head_dim = 64, .largest_output = 1, .spread = 2, .logit_mass = 5}),
      0x1p-23 + 6 * 44 * 0x1p-24);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f32, {}, {.keys = 100, .largest_output = 1, .mass = 3}),
                   0x1p-23 + 30 * 0x1p-24);
}

TEST(OutputBound, AddsATermForEachRounding) {
  const RowTerms row{.largest_output = 1,
                     .spread = 1,
                     .weight_spread = 0.5,
                     .row_sum = 4,
                     .value_spread = 2,
                     .logit_peak = 8};
  const double none = output_bound(Dtype::f16, {}, row), u = 0x1p-11;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, kAfter, row), none + 3 * u + 6 * 0x1p-25);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, kBefore, row), none + 3 * u + 6 * 0x1p-25 / 4);
  Rounding sum = kBefore;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, sum, row), output_bound(Dtype::f16, kBefore, row) + 1.5 * u);
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f16, {.logits = true}, row), none + 3 * std::expm1(8 * u));
  RowTerms scaled = row;
  scaled.query_rounding = 0.01;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, {.scaled_query = true}, scaled),
                   output_bound(Dtype::bf16, {}, row) + 3 * std::expm1(0.01));
  EXPECT_DOUBLE_EQ(output_bound(Dtype::f32, sum, row), output_bound(Dtype::f32, {}, row)) << "no 16-bit type";
}

TEST(RangeSlack, HasTheRoundingOfTheWeightsUnlessTheirSumIsRoundedToo) {
  const double exact = range_slack(Dtype::bf16, {}, {.keys = 1}, 2);
  EXPECT_DOUBLE_EQ(range_slack(Dtype::bf16, kBefore, {.keys = 1}, 2), exact + 2 * 0x1p-8);
  Rounding sum = kBefore;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(range_slack(Dtype::bf16, sum, {.keys = 1}, 2), exact);
}

TEST(LseBound, GrowsWithTheLogits) {
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 64}), 1e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, {}, {.head_dim = 64}), 2e-4);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 64, .absorbed = 3e-5}), 4e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, {}, {.head_dim = 32, .logit_mass = 0x1p20}), 2e-4 + 1);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 256, .logit_mass = 0x1p20}), 1e-5 + 6);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, {}, {.head_dim = 256, .logit_mass = 0x1p20}), 2e-4 + 6);
}

TEST(LseBound, AddsATermForEachRounding) {
  RowTerms row{.keys = 100, .head_dim = 8, .weight_spread = 0.1, .row_sum = 10, .logit_peak = 4};
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, kBefore, row), 2e-4) << "the sum is that of the exact weights";
  Rounding sum = kBefore;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, sum, row), 2e-4 + 0.3 * 0x1p-8);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, sum, row), 2e-4 + 0.3 * 0x1p-11 + 3 * 0x1p-25);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, {.logits = true}, row), 2e-4 + 4 * 0x1p-8);
  row.weight_spread = 1;
  row.query_rounding = 0.01;
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, sum, row), 2e-4 + 0x1p-8 + 0.01);
}

// The largest error / bound of an LSE whose logits were added by a tensor core. All else is exact.
double worst_lse(const TensorCore& core, const Problem& p, std::uint64_t seed) {
  const Inputs in = make_inputs(p, InputFamily::large_logits, seed);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(p.seq_q));
  std::iota(rows.begin(), rows.end(), 0);
  const Reference ref = compute_reference(in, rows, OracleBackend::cpu);
  const auto row = [&p](const std::vector<float>& tensor, std::int64_t n) {
    return std::span(tensor).subspan(static_cast<std::size_t>(n * p.head_dim),
                                     static_cast<std::size_t>(p.head_dim));
  };
  double worst = 0;
  for (std::int64_t i = 0; i < p.seq_q; ++i) {
    double largest = -INFINITY, sum = 0;
    std::vector<double> logits;
    for (std::int64_t j = 0; j < p.seq_k; ++j) {
      logits.push_back(dot_product(core, row(in.q, i), row(in.k, j)) * static_cast<float>(p.scale));
      largest = std::max(largest, logits.back());
    }
    for (double logit : logits) sum += std::exp(logit - largest);
    const double bound = lse_bound(p.dtype, {}, ref.terms[i]);
    worst = std::max(worst, std::fabs(largest + std::log(sum) - ref.lse[i]) / bound);
  }
  return worst;
}

TEST(LseBound, CoversTheTruncationOfTensorCores) {
  for (const TensorCore& core : {kAmpere, kHopper})
    for (Dtype dtype : {Dtype::f16, Dtype::bf16})
      for (std::int64_t dim : {64, 128, 256})
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
          const Problem p{
              .seq_q = 64, .seq_k = 96, .head_dim = dim, .dtype = dtype, .scale = default_scale(dim)};
          EXPECT_LT(worst_lse(core, p, seed), 0.8)
              << core.block << " terms, " << dtype_name(dtype) << ", D " << dim;
        }
}

// One key too many or too few changes LSE by 1 / keys. The counting probe detects that up to 2048 keys.
TEST(LseBound, IsSmallerThanOneKeyOfTwoThousand) {
  EXPECT_GT(std::log(2049.0) - std::log(2048.0), 2 * lse_bound(Dtype::bf16, {}, {.head_dim = 64}));
}

TEST(CountingBound, IsSmallerThanOneKeyForF32) {
  for (std::int64_t keys : {1, 2, 78, 1000, 2048})
    EXPECT_LT(counting_bound(Dtype::f32, {}, keys), 0.25 / static_cast<double>(keys)) << keys;
}

}  // namespace
}  // namespace warpgauge
