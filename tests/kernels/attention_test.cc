#include "kernels/attention.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(attention, causal_is_aligned_bottom_right) {
  Problem p{.seq_q = 2, .seq_k = 5, .mask = Mask::causal};
  EXPECT_EQ(visible_keys(p, 0), 4);
  EXPECT_EQ(visible_keys(p, 1), 5);
  p.seq_q = 5, p.seq_k = 2;
  EXPECT_EQ(visible_keys(p, 0), 0);
  EXPECT_EQ(visible_keys(p, 2), 0);
  EXPECT_EQ(visible_keys(p, 3), 1);
  EXPECT_EQ(visible_keys(p, 4), 2);
}

TEST(attention, flops_count_unmasked_pairs_only) {
  for (std::int64_t sq = 1; sq < 12; ++sq)
    for (std::int64_t sk = 0; sk < 12; ++sk)
      for (Mask mask : {Mask::none, Mask::causal}) {
        const Problem p{
            .batch = 2, .heads = 3, .kv_heads = 3, .seq_q = sq, .seq_k = sk, .head_dim = 8, .mask = mask};
        std::int64_t pairs = 0;
        for (std::int64_t row = 0; row < sq; ++row) pairs += visible_keys(p, row);
        EXPECT_EQ(attention_flops(p), 4.0 * 2 * 3 * 8 * static_cast<double>(pairs)) << sq << " " << sk;
      }
}

// B32 H8 S512 D64 f16: 17.18 GFLOP, and 67 MB plus 0.5 MB of LSE.
TEST(attention, flops_and_bytes_of_a_known_case) {
  const Problem p{.batch = 32,
                  .heads = 8,
                  .kv_heads = 8,
                  .seq_q = 512,
                  .seq_k = 512,
                  .head_dim = 64,
                  .dtype = Dtype::f16};
  EXPECT_EQ(attention_flops(p), 17179869184.0);
  EXPECT_EQ(attention_bytes(p), 4.0 * 32 * 8 * 512 * 64 * 2 + 4.0 * 32 * 8 * 512);
}

TEST(attention, bytes_count_each_kv_head_once) {
  const Problem p{.batch = 1, .heads = 8, .kv_heads = 2, .seq_q = 4, .seq_k = 16, .head_dim = 8};
  EXPECT_EQ(attention_bytes(p), 4.0 * (2 * 8 * 4 * 8 + 2 * 2 * 16 * 8 + 8 * 4));
}

TEST(attention, problem_error_for_invalid_sizes) {
  EXPECT_EQ(problem_error({}), "");
  EXPECT_EQ(problem_error({.heads = 3, .kv_heads = 2}), "Hkv must divide H");
  EXPECT_EQ(problem_error({.seq_q = 0}), "S must be at least 1");
  EXPECT_EQ(problem_error({.seq_k = 0}), "");
  EXPECT_EQ(problem_error({.scale = NAN}), "scale must be finite");
}

TEST(attention, problem_error_for_tensors_of_more_than_2_to_the_60_bytes) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  EXPECT_EQ(problem_error({.batch = kHuge}), "Q and O have more than 2^60 bytes");
  EXPECT_EQ(
      problem_error({.batch = kHuge, .heads = kHuge, .kv_heads = kHuge, .seq_q = kHuge, .seq_k = kHuge}),
      "Q and O have more than 2^60 bytes");
  EXPECT_EQ(problem_error({.seq_k = kHuge}), "K and V have more than 2^60 bytes");
  EXPECT_EQ(problem_error({.seq_q = std::int64_t{1} << 59, .head_dim = 1, .dtype = Dtype::f16}),
            "LSE has more than 2^60 bytes");
  EXPECT_EQ(problem_error({.seq_q = std::int64_t{1} << 52}), "") << "2^60 bytes are allowed";
  EXPECT_EQ(problem_error({.seq_q = (std::int64_t{1} << 52) + 1}), "Q and O have more than 2^60 bytes");
}

}  // namespace
}  // namespace warpgauge
