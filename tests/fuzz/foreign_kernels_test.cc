// Right kernels of foreign design are not called wrong.
#include "tests/fuzz/foreign_kernels.h"

#include <gtest/gtest.h>

#include "fuzz/check.h"
#include "fuzz/generate.h"
#include "fuzz/recorded_cases.h"

namespace warpgauge {
namespace {

// The largest error / bound over `seeds` problems of normal inputs, which all rows of all problems must pass.
double worst_of(const Kernel& kernel, Problem p, std::uint64_t seeds) {
  double worst = 0;
  p.scale = default_scale(p.head_dim);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const CheckResult result =
        check(kernel, p, seed, {.oracle = OracleBackend::cpu, .threads = 2, .repeat = false});
    EXPECT_TRUE(result.passed()) << kernel.name << ", seed " << seed << "\n" << result.report();
    worst = std::max(worst, result.accuracy.err_over_bound);
  }
  return worst;
}

// With D = 1 nothing averages the rounding errors out. Half the unit roundoff would call some of these rows
// wrong.
TEST(ForeignKernels, RoundingPAsFlashAttention2DoesIsRightInAMillionRowsOfOneElement) {
  const Problem p{
      .heads = 16, .kv_heads = 16, .seq_q = 1024, .seq_k = 32, .head_dim = 1, .dtype = Dtype::bf16};
  EXPECT_LT(worst_of(foreign::kFlashAttention2, p, 64), 0.9);
}

class ForeignKernel : public testing::TestWithParam<const Kernel*> {};

// One element: nothing averages the errors out.
TEST_P(ForeignKernel, IsRightForOrdinarySizes) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16})
    for (std::int64_t dim : {1, 8, 64, 128}) {
      const Problem p{.heads = 2, .kv_heads = 1, .seq_q = 64, .seq_k = 130, .head_dim = dim, .dtype = dtype};
      EXPECT_LT(worst_of(*GetParam(), p, 10), 0.8) << dtype_name(dtype) << ", D " << dim;
    }
}

// 16-bit logits, and scaled queries, overflow: such a kernel does not support them.
bool is_supported(const Kernel& kernel, const FuzzCase& c) {
  const bool is_huge = c.family == InputFamily::huge_logits || c.family == InputFamily::magnitudes;
  return !is_huge || !(kernel.rounding.logits || kernel.rounding.scaled_query);
}

TEST_P(ForeignKernel, IsRightForRecordedCases) {
  ReferenceCache cache;
  for (const Reproducer& each : recorded_cases()) {
    const FuzzCase& c = each.fuzz_case;
    if (!is_supported(*GetParam(), c)) continue;
    const CheckResult result = check(
        *GetParam(), c.problem, c.seed,
        {.family = c.family, .layout = c.layout, .guard = c.guard, .threads = c.threads, .cache = &cache});
    EXPECT_TRUE(result.passed()) << format_reproducer("", c) << "\n" << result.report();
  }
}

TEST_P(ForeignKernel, IsRightForRandomProblems) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const FuzzCase c = random_case(seed, 0, {.volume = kMaxEmulatedVolume / 4});
    if (!is_supported(*GetParam(), c)) continue;
    const CheckResult result = check(
        *GetParam(), c.problem, c.seed,
        {.family = c.family, .layout = c.layout, .guard = c.guard, .threads = c.threads, .probes = true});
    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.report();
  }
}

// What it does not declare exceeds the bounds in some problem. With D = 20 the scale is no power of two.
TEST_P(ForeignKernel, IsWrongIfItDoesNotDeclareItsRoundings) {
  Kernel undeclared = *GetParam();
  undeclared.rounding = {};
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (std::int64_t dim : {1, 20, 64})
      for (Dtype dtype : {Dtype::f16, Dtype::bf16}) {
        const Problem p{.heads = 4,
                        .kv_heads = 4,
                        .seq_q = 256,
                        .seq_k = 32,
                        .head_dim = dim,
                        .dtype = dtype,
                        .scale = default_scale(dim)};
        if (check(undeclared, p, seed, {.oracle = OracleBackend::cpu, .threads = 2, .repeat = false})
                .is_wrong())
          return;
      }
  FAIL() << "nothing was found";
}

INSTANTIATE_TEST_SUITE_P(Rounding, ForeignKernel,
                         testing::Values(&foreign::kFlashAttention2, &foreign::kSumsRoundedWeights,
                                         &foreign::kUnfused, &foreign::kScalesQuery, &foreign::kRoundsLogits,
                                         &foreign::kRoundsAll, &foreign::kFlashAttention3,
                                         &foreign::kSumsE4m3Weights),
                         [](const auto& kernel) { return std::string(kernel.param->name); });

// P in 3 fraction bits instead of 7.
TEST(ForeignKernels, WeightsInE4m3MustBeDeclared) {
  for (const Kernel* kernel : {&foreign::kFlashAttention3, &foreign::kSumsE4m3Weights}) {
    Kernel undeclared = *kernel;
    undeclared.rounding.e4m3_weights = false;
    for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3}) {
      const Problem p{.heads = 4,
                      .kv_heads = 4,
                      .seq_q = 256,
                      .seq_k = 32,
                      .dtype = dtype,
                      .kv_e4m3 = dtype != Dtype::e4m3};
      EXPECT_TRUE(check(undeclared, p, 1, {.oracle = OracleBackend::cpu}).is_wrong()) << dtype_name(dtype);
      const CheckResult declared = check(*kernel, p, 1, {.oracle = OracleBackend::cpu});
      EXPECT_TRUE(declared.passed()) << dtype_name(dtype) << "\n" << declared.report();
    }
  }
}

// Without the factor 2^8, weights below 2^-10 are 0. Sinks whose logit exceeds 7 make all of them so small.
TEST(ForeignKernels, TheExponentOfWeightsMustBeDeclared) {
  Kernel wrong = foreign::kSumsE4m3Weights;
  wrong.rounding.weight_exponent = 8;
  const auto is_wrong = [](const Kernel& kernel) {
    const Problem p{.heads = 64,
                    .kv_heads = 64,
                    .seq_q = 2,
                    .seq_k = 300,
                    .head_dim = 8,
                    .dtype = Dtype::e4m3,
                    .sinks = true};
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
      found |= check(kernel, p, seed,
                     {.family = InputFamily::counting, .oracle = OracleBackend::cpu, .repeat = false})
                   .is_wrong();
    return found;
  };
  EXPECT_TRUE(is_wrong(wrong));
  EXPECT_FALSE(is_wrong(foreign::kSumsE4m3Weights));
}

// A kernel that declares less than it does: FlashInfer's row sum of the rounded P breaks the bound of LSE.
TEST(ForeignKernels, RowSumOfRoundedWeightsMustBeDeclared) {
  Kernel undeclared = foreign::kSumsRoundedWeights;
  undeclared.rounding.row_sum = false;
  const Problem p{.heads = 4, .kv_heads = 4, .seq_q = 256, .seq_k = 32, .dtype = Dtype::bf16};
  const CheckResult result = check(undeclared, p, 1, {.oracle = OracleBackend::cpu});
  ASSERT_TRUE(result.is_wrong());
  EXPECT_EQ(result.failures.front().property, Property::lse);
  EXPECT_TRUE(check(foreign::kSumsRoundedWeights, p, 1, {.oracle = OracleBackend::cpu}).passed());
}

}  // namespace
}  // namespace warpgauge
