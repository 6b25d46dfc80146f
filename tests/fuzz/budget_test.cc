#include "fuzz/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "fuzz/check.h"
#include "fuzz/inputs.h"
#include "fuzz/oracle.h"
#include "fuzz/random.h"
#include "tests/fuzz/foreign_kernels.h"
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
  EXPECT_EQ(ulp(Dtype::e4m3, 0.0), 0x1p-9);
  EXPECT_EQ(ulp(Dtype::f16, 0.0), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f16, 0x1p-20), 0x1p-24);
  EXPECT_EQ(ulp(Dtype::f32, 0.0), double{std::numeric_limits<float>::denorm_min()});
}

// 1 + u lies half-way between 1 and the next value, and is rounded to the even one, 1. Anything above it is
// not.
TEST(UnitRoundoff, IsTheLargestRelativeErrorOfTheConversions) {
  EXPECT_EQ(unit_roundoff(Dtype::f32), double{std::numeric_limits<float>::epsilon()} / 2);
  for (Dtype dtype : {Dtype::f16, Dtype::bf16, Dtype::e4m3}) {
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
  EXPECT_DOUBLE_EQ(
      output_bound(Dtype::f32, {}, {.keys = 100, .largest_output = 1, .mass = 3, .equal_keys = true}),
      0x1p-23 + 180 * 0x1p-24);
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

constexpr Rounding kE4m3{
    .weights = Rounding::Weights::before_division, .e4m3_weights = true, .weight_exponent = 8};

// At most what every weight may lose; less if the errors are independent.
TEST(OutputBound, OfE4m3Weights) {
  RowTerms row{
      .keys = 100, .largest_output = 0.5, .spread = 0.25, .mass = 16, .row_sum = 4, .value_spread = 2};
  const double none = output_bound(Dtype::bf16, {}, row), u = 0x1p-4, subnormal = 6 * 0x1p-18 / 4;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, kE4m3, row), none + u * (1.5 + 0.5) + subnormal);
  EXPECT_NEAR(output_bound(Dtype::f32, kE4m3, row) - output_bound(Dtype::f32, {}, row), 2 * u + subnormal,
              1e-15)
      << "O of any type";
  RowTerms one_key = row;
  one_key.mass = 0.5;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, kE4m3, one_key),
                   output_bound(Dtype::bf16, {}, one_key) + u * 0.5 + subnormal);
  Rounding after = kE4m3;
  after.weights = Rounding::Weights::after_division;
  EXPECT_DOUBLE_EQ(output_bound(Dtype::bf16, after, row), none + 2 * u + 6 * 0x1p-18);
  EXPECT_DOUBLE_EQ(range_slack(Dtype::bf16, kE4m3, row, 2) - range_slack(Dtype::bf16, {}, row, 2),
                   2 * (u + 100 * 0x1p-18 / 4));
  Rounding sum = kE4m3;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, sum, row), lse_bound(Dtype::bf16, {}, row) + u + 100 * 0x1p-18 / 4);
}

TEST(OutputBound, FlushesMoreWithALargeFactorOfV) {
  EXPECT_EQ(output_bound(Dtype::f32, {}, {.value_factor = 4}) - output_bound(Dtype::f32, {}, {}),
            3 * 0x1p-126);
  EXPECT_EQ(output_bound(Dtype::f32, {}, {.value_factor = 0.5}), output_bound(Dtype::f32, {}, {}));
}

TEST(EffectiveRounding, HasE4m3WeightsOnlyIfTheValuesAre) {
  const auto effective = [](Dtype dtype, bool kv_e4m3, const Rounding& rounding) {
    return effective_rounding({.dtype = dtype, .kv_e4m3 = kv_e4m3}, rounding);
  };
  EXPECT_EQ(effective(Dtype::bf16, false, kE4m3), kBefore);
  EXPECT_EQ(effective(Dtype::f32, false, kE4m3), Rounding{});
  EXPECT_EQ(effective(Dtype::bf16, true, kE4m3), kE4m3);
  EXPECT_EQ(effective(Dtype::f32, true, kE4m3), kE4m3);
  EXPECT_EQ(effective(Dtype::e4m3, false, kE4m3), kE4m3);
  EXPECT_EQ(effective(Dtype::f32, true, kBefore), Rounding{}) << "no 16-bit type";
  EXPECT_EQ(effective(Dtype::e4m3, false, kBefore), kBefore) << "P in bf16";
}

TEST(RoundWeight, IsOfTheTypeAndItsExponent) {
  EXPECT_EQ(round_weight(Dtype::bf16, kBefore, 1 / 3.0f), round_to(Dtype::bf16, 1 / 3.0f));
  EXPECT_EQ(round_weight(Dtype::bf16, kE4m3, 1 / 3.0f), 88 / 256.0f);
  EXPECT_EQ(round_weight(Dtype::bf16, kE4m3, 0x1p-17f), 0x1p-17f);
  EXPECT_EQ(round_weight(Dtype::bf16, kE4m3, 0x1p-18f), 0);
  Rounding unscaled = kE4m3;
  unscaled.weight_exponent = 0;
  EXPECT_EQ(round_weight(Dtype::bf16, unscaled, 0x1p-10f), 0);
}

TEST(RangeSlack, HasTheRoundingOfTheWeightsUnlessTheirSumIsRoundedToo) {
  const double exact = range_slack(Dtype::bf16, {}, {.keys = 1}, 2);
  EXPECT_DOUBLE_EQ(range_slack(Dtype::bf16, kBefore, {.keys = 1}, 2), exact + 2 * 0x1p-8);
  Rounding sum = kBefore;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(range_slack(Dtype::bf16, sum, {.keys = 1}, 2), exact);
}

TEST(RangeSlack, AddsItsTerms) {
  EXPECT_DOUBLE_EQ(range_slack(Dtype::f32, {}, {.keys = 100, .sum_error = 1e-5}, 2),
                   2 * (108 * 0x1p-24 + 1e-5) + 0x1p-22);
}

TEST(LseBound, GrowsWithTheLogits) {
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 64}), 1e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, {}, {.head_dim = 64}), 2e-4);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 64, .sum_error = 3e-5}), 4e-5);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, {}, {.head_dim = 32, .logit_mass = 0x1p20}), 2e-4 + 1);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f32, {}, {.head_dim = 256, .logit_mass = 0x1p20}), 1e-5 + 6);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, {}, {.head_dim = 256, .logit_mass = 0x1p20}), 2e-4 + 6);
}

// The relative error of an f32 sum of the weights in this order, in units of RowTerms::sum_error.
double share_of_sum_error(const std::vector<float>& weights) {
  const auto [least, largest] = std::minmax_element(weights.begin(), weights.end());
  const double exact = std::accumulate(weights.begin(), weights.end(), 0.0);
  double bound = 0;
  for (float weight : weights) bound += sum_error_of(weight / exact, (*largest - *least) / exact);
  float sum = 0;
  for (float weight : weights) sum += weight;
  return std::fabs(sum - exact) / exact / (bound + 2 * kF32Roundoff);  // two: an ulp doubles
}

std::vector<float> one_and(std::int64_t count, float weight) {
  std::vector<float> weights(static_cast<std::size_t>(count), weight);
  weights[0] = 1;
  return weights;
}

TEST(SumError, IsNearlyReached) {
  EXPECT_GT(share_of_sum_error(one_and(70000, 0x1.01p-24f)), 0.95)
      << "each addition is rounded up, by half an ulp";
  EXPECT_GT(share_of_sum_error(one_and(70000, 0x0.ffp-24f)), 0.95) << "the sum loses each of them";
  EXPECT_GT(share_of_sum_error(one_and(65536, 1 - 0x1.fp-10f)), 0.2) << "weights that are nearly equal";
}

// Weights of many shapes, in ascending, descending and random order.
TEST(SumError, IsNeverExceeded) {
  const RandomStream random(1, 2);
  for (std::uint64_t n = 0; n < 300; ++n) {
    const auto count = 2 + static_cast<std::int64_t>(random.below(4 * n, 8000));
    const double width = std::ldexp(1.0, static_cast<int>(random.below(4 * n + 1, 32)) - 26);
    const std::uint64_t values = 1 + random.below(4 * n + 2, 64);  // few: their rounding errors are equal
    std::vector<float> weights = one_and(count, 0);
    for (std::size_t j = 1; j < weights.size(); ++j)
      weights[j] =
          std::exp(-static_cast<float>(width * static_cast<double>(1 + random.below(j << 20 | n, values))));
    if (n % 3 == 1) std::sort(weights.begin(), weights.end());
    if (n % 3 == 2) std::sort(weights.begin(), weights.end(), std::greater());
    ASSERT_LE(share_of_sum_error(weights), 1)
        << count << " weights of " << values << " values, width " << width;
  }
}

// A row of one key of weight 1 and `keys` - 1 of weight `weight`: Q = 1, D = 1, K = 0 and -1.
struct RowOfTwoWeights {
  double lse_error = 0;
  std::string report;

  RowOfTwoWeights(const Kernel& kernel, Dtype dtype, std::int64_t keys, double weight) {
    const Problem p{.seq_q = 1, .seq_k = keys, .head_dim = 1, .dtype = dtype, .scale = -std::log(weight)};
    Inputs in = make_inputs(p, InputFamily::normal, 1);
    in.q[0] = 1;
    std::fill(in.k.begin() + 1, in.k.end(), -1.0f);
    in.k[0] = 0;
    GuardedTensors tensors(kernel.backend, p, Layout::packed);
    tensors.upload(in);
    const Output output = run_kernel(kernel, tensors, 1);
    const Reference reference = compute_reference(in, {0}, OracleBackend::cpu, kernel.rounding);
    lse_error = std::fabs(output.lse[0] - reference.lse[0]);
    for (const Failure& failure : compare_output(output, in, reference, nullptr))
      report += failure.message + "\n";
  }
};

TEST(SumError, OfTheWorstWeightsDoesNotMakeARightKernelWrong) {
  for (const Kernel* kernel : {find_kernel("cpu/naive"), find_kernel("cpu/blas"), &foreign::kFlashAttention2,
                               &foreign::kSumsRoundedWeights})
    for (double weight : {0x1.01p-24, 0x0.ffp-24, 1 - 0x1.8p-9, 1 - 0x1p-16, 1 - 0x1p-22})
      for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
        EXPECT_EQ(RowOfTwoWeights(*kernel, dtype, 70000, weight).report, "")
            << kernel->name << " " << dtype_name(dtype) << " " << weight;
  EXPECT_GT(RowOfTwoWeights(*find_kernel("cpu/naive"), Dtype::f32, 70000, 0x1.01p-24).lse_error, 0.004);
}

// Just above half of a step of the type: each weight is rounded up by half of it.
TEST(LseBound, OfASumOfRoundedWeightsIsNearlyReached) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16}) {
    const double u = unit_roundoff(dtype);
    const RowOfTwoWeights normal(foreign::kSumsRoundedWeights, dtype, 1000, (1 + 1.02 * u) / 2);
    EXPECT_EQ(normal.report, "");
    EXPECT_GT(normal.lse_error, 0.95 * u) << dtype_name(dtype);
  }
  const RowOfTwoWeights subnormal(foreign::kSumsRoundedWeights, Dtype::f16, 70000, 1.51 * 0x1p-24);
  EXPECT_EQ(subnormal.report, "");
  EXPECT_GT(subnormal.lse_error, 0.9 * 70000 * 0x1p-25);
}

// The term for rounded weights leaves errors of twice their roundoff.
TEST(LseBound, OfASumOfRoundedWeightsFindsTwiceTheRoundoff) {
  Rounding sum = kBefore;
  sum.row_sum = true;
  for (Dtype dtype : {Dtype::f16, Dtype::bf16})
    EXPECT_LT(
        lse_bound(dtype, sum, {.keys = 1000, .head_dim = 64, .sum_error = 1000 * 0x1p-24, .row_sum = 30}),
        2 * unit_roundoff(dtype));
}

TEST(LseBound, AddsATermForEachRounding) {
  RowTerms row{.keys = 100, .head_dim = 8, .weight_spread = 0.1, .row_sum = 10, .logit_peak = 4};
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, kBefore, row), 2e-4) << "the sum is that of the exact weights";
  Rounding sum = kBefore;
  sum.row_sum = true;
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, sum, row), 2e-4 + 0x1p-8);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::f16, sum, row), 2e-4 + 0x1p-11 + 10 * 0x1p-25);
  EXPECT_DOUBLE_EQ(lse_bound(Dtype::bf16, {.logits = true}, row), 2e-4 + 4 * 0x1p-8);
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
