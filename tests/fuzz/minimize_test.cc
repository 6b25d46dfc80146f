#include "fuzz/minimize.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

FuzzCase large_case() {
  FuzzCase c;
  c.problem = {.batch = 3,
               .heads = 8,
               .kv_heads = 2,
               .seq_q = 300,
               .seq_k = 517,
               .head_dim = 128,
               .dtype = Dtype::bf16,
               .mask = Mask::causal,
               .scale = 0.3};
  c.family = InputFamily::heavy_tailed;
  c.layout = Layout::padded;
  c.guard = Guard::end;
  c.threads = 3;
  return c;
}

TEST(Minimize, FindsTheThresholdOfASize) {
  const FuzzCase small = minimize(large_case(), [](const FuzzCase& c) { return c.problem.seq_k >= 65; });
  EXPECT_EQ(small.problem.seq_k, 65);
  EXPECT_EQ(small.problem.seq_q, 1);
  EXPECT_EQ(small.problem.batch, 1);
  EXPECT_EQ(small.problem.heads, 1);
  EXPECT_EQ(small.problem.head_dim, 8);
  EXPECT_EQ(small.problem.mask, Mask::none);
  EXPECT_EQ(small.problem.scale, default_scale(8));
  EXPECT_EQ(small.family, InputFamily::normal);
  EXPECT_EQ(small.layout, Layout::packed);
  EXPECT_EQ(small.guard, Guard::bands);
  EXPECT_EQ(small.threads, 1);
}

TEST(Minimize, PrefersHeadDimensionsThatAreMultiplesOfEight) {
  FuzzCase failing = large_case();
  failing.problem.head_dim = 100;
  EXPECT_EQ(minimize(failing, [](const FuzzCase&) { return true; }).problem.head_dim, 8);
  EXPECT_EQ(minimize(failing, [](const FuzzCase& c) { return c.problem.head_dim % 8 != 0; }).problem.head_dim,
            1);
  failing.problem.head_dim = 320;
  EXPECT_EQ(minimize(failing, [](const FuzzCase& c) { return c.problem.head_dim > 128; }).problem.head_dim,
            256);
}

TEST(Minimize, DropsE4m3UnlessTheFailureNeedsIt) {
  FuzzCase failing = large_case();
  failing.problem.dtype = Dtype::e4m3;
  EXPECT_EQ(minimize(failing, [](const FuzzCase&) { return true; }).problem.dtype, Dtype::f32);
  failing.problem.dtype = Dtype::f16;
  failing.problem.kv_e4m3 = true;
  EXPECT_FALSE(minimize(failing, [](const FuzzCase&) { return true; }).problem.kv_e4m3);
  EXPECT_TRUE(minimize(failing, [](const FuzzCase& c) { return c.problem.kv_e4m3; }).problem.kv_e4m3);
}

TEST(Minimize, KeepsWhatTheFailureNeeds) {
  const auto needs = [](const FuzzCase& c) {
    return c.problem.heads > c.problem.kv_heads && c.problem.mask == Mask::causal &&
           c.layout == Layout::padded && c.problem.seq_q > c.problem.seq_k;
  };
  FuzzCase failing = large_case();
  std::swap(failing.problem.seq_q, failing.problem.seq_k);
  const FuzzCase small = minimize(failing, needs);
  EXPECT_TRUE(needs(small));
  EXPECT_EQ(small.problem.kv_heads, 1);
  EXPECT_EQ(small.problem.seq_q, small.problem.seq_k + 1);
}

TEST(Minimize, SimplifiesLengthsAndPages) {
  FuzzCase failing = large_case();
  failing.problem.lengths = Lengths::with_empty;
  failing.problem.page = 128;
  const FuzzCase plain = minimize(failing, [](const FuzzCase& c) { return c.problem.seq_k >= 65; });
  EXPECT_EQ(plain.problem.lengths, Lengths::equal);
  EXPECT_EQ(plain.problem.page, 0);
  const FuzzCase paged = minimize(failing, [](const FuzzCase& c) {
    return c.problem.page > 0 && c.problem.seq_k > c.problem.page && c.problem.lengths != Lengths::equal;
  });
  EXPECT_EQ(paged.problem.page, 16);
  EXPECT_EQ(paged.problem.seq_k, 17);
  EXPECT_EQ(paged.problem.lengths, Lengths::ragged);
}

TEST(Minimize, ChecksOnlyValidProblemsAndNotTooMany) {
  int checks = 0;
  const FuzzCase minimized = minimize(
      large_case(),
      [&](const FuzzCase& c) {
        ++checks;
        EXPECT_EQ(problem_error(c.problem), "");
        return true;
      },
      50);
  EXPECT_LE(checks, 50);
  EXPECT_NE(minimized, large_case());
}

TEST(Minimize, ReturnsTheCaseItselfIfNoSimplerOneFails) {
  EXPECT_EQ(minimize(large_case(), [](const FuzzCase&) { return false; }), large_case());
}

}  // namespace
}  // namespace warpgauge
