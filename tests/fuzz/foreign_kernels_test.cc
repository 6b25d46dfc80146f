// Right kernels of foreign design are not called wrong.
#include "tests/fuzz/foreign_kernels.h"

#include <gtest/gtest.h>

#include "fuzz/check.h"
#include "fuzz/generate.h"

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
TEST(ForeignKernel, RoundingPAsFlashAttention2DoesIsRightInAMillionRowsOfOneElement) {
  const Problem p{
      .heads = 16, .kv_heads = 16, .seq_q = 1024, .seq_k = 32, .head_dim = 1, .dtype = Dtype::bf16};
  EXPECT_LT(worst_of(foreign::kFlashAttention2, p, 64), 0.9);
}

TEST(ForeignKernel, RoundingPAsFlashAttention2DoesIsRightForOrdinarySizes) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16})
    for (std::int64_t dim : {8, 64, 128}) {
      const Problem p{.heads = 2, .kv_heads = 1, .seq_q = 64, .seq_k = 130, .head_dim = dim, .dtype = dtype};
      EXPECT_LT(worst_of(foreign::kFlashAttention2, p, 20), 0.8) << dtype_name(dtype) << ", D " << dim;
    }
}

TEST(ForeignKernel, RoundingPAsFlashAttention2DoesIsRightForRandomProblems) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const FuzzCase c = random_case(seed, 0, kMaxEmulatedVolume / 4);
    const CheckResult result = check(foreign::kFlashAttention2, c.problem, c.seed,
                                     {.family = c.family, .layout = c.layout, .threads = c.threads});
    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.report();
  }
}

}  // namespace
}  // namespace warpgauge
