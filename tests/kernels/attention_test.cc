#include "kernels/attention.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

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

// (first, last) of each query, as the masks of FlashAttention 2 show them (flash_attn_interface.py, the
// docstring of flash_attn_func): query i sees keys i + Sk - Sq - left .. i + Sk - Sq + right.
TEST(attention, a_window_is_aligned_bottom_right) {
  const auto ranges = [](const Problem& p) {
    std::vector<std::pair<std::int64_t, std::int64_t>> seen;
    for (std::int64_t row = 0; row < p.seq_q; ++row) {
      const KeyRange keys = visible_range(p, row);
      seen.emplace_back(keys.first, keys.last);
    }
    return seen;
  };
  using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
  Problem p{.seq_q = 3, .seq_k = 5, .mask = Mask::causal, .window = {1, 0}};
  EXPECT_EQ(ranges(p), (Ranges{{1, 3}, {2, 4}, {3, 5}}));
  p.window.left = 0;
  EXPECT_EQ(ranges(p), (Ranges{{2, 3}, {3, 4}, {4, 5}}));
  p.window.left = 100;
  EXPECT_EQ(ranges(p), (Ranges{{0, 3}, {0, 4}, {0, 5}}));
  p.mask = Mask::none;
  p.window = {1, 1};
  EXPECT_EQ(ranges(p), (Ranges{{1, 4}, {2, 5}, {3, 5}}));
  p.window = {-1, 1};
  EXPECT_EQ(ranges(p), (Ranges{{0, 4}, {0, 5}, {0, 5}}));
  p.window = {1, -1};
  EXPECT_EQ(ranges(p), (Ranges{{1, 5}, {2, 5}, {3, 5}}));
  // More queries than keys: the first ones are before all keys.
  p.seq_q = 5, p.seq_k = 2;
  p.window = {0, 1};
  EXPECT_EQ(ranges(p), (Ranges{{0, 0}, {0, 0}, {0, 1}, {0, 2}, {1, 2}}));
  p.mask = Mask::causal;
  p.window = {0, 0};
  EXPECT_EQ(ranges(p), (Ranges{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 2}}));
}

TEST(attention, distances_of_alibi_are_between_positions) {
  const Problem p{.seq_q = 2, .seq_k = 5};
  EXPECT_EQ(key_distance(p, 0, 3), 0);
  EXPECT_EQ(key_distance(p, 0, 0), 3);
  EXPECT_EQ(key_distance(p, 0, 4), 1);
  EXPECT_EQ(key_distance(p, 1, 0), 4);
}

TEST(attention, problem_error_for_variants) {
  EXPECT_EQ(problem_error({.mask = Mask::causal, .window = {7, 0}}), "");
  EXPECT_EQ(problem_error({.window = {7, 3}}), "");
  EXPECT_EQ(problem_error({.window = {7, 0}}), "a window's right side is 0 exactly if causal is 1");
  EXPECT_EQ(problem_error({.mask = Mask::causal, .window = {7, -1}}),
            "a window's right side is 0 exactly if causal is 1");
  EXPECT_EQ(problem_error({.window = {-2, 3}}), "a window's sides must be at least 0, or -1 for all");
  EXPECT_EQ(problem_error({.softcap = -1}), "softcap must be a finite number of at least 0");
  EXPECT_EQ(problem_error({.softcap = INFINITY}), "softcap must be a finite number of at least 0");
  EXPECT_EQ(problem_error({.head_dim = 64, .value_dim = 64}), "Dv is written only if it differs from D");
  EXPECT_EQ(problem_error({.value_dim = -8}), "Dv must be at least 1");
  for (const std::int64_t page : {-16, 1, 24, 272})
    EXPECT_EQ(problem_error({.page = page}), "a page must have 16 to 256 keys, a multiple of 16");
  for (const std::int64_t page : {16, 48, 256}) EXPECT_EQ(problem_error({.page = page}), "");
  EXPECT_EQ(problem_error({.batch = 1 << 20, .seq_q = 1 << 11, .seq_k = 1, .lengths = Lengths::ragged}),
            "with lengths or pages, B * S and B * Sk must be below 2^31 - 512 B");
  EXPECT_EQ(problem_error({.batch = std::int64_t{1} << 30,
                           .seq_q = 1 << 20,
                           .seq_k = 1 << 20,
                           .head_dim = 1,
                           .bias = Bias::tensor}),
            "the bias has more than 2^60 bytes");
}

TEST(attention, the_first_unsupported_variant_is_named) {
  EXPECT_EQ(unsupported_variant({}), "");
  EXPECT_EQ(unsupported_variant({.sinks = true}), "attention sinks are not supported");
  EXPECT_EQ(unsupported_variant({.window = {1, 2}, .softcap = 3}), "sliding windows are not supported");
  EXPECT_EQ(unsupported_variant({.window = {1, 2}, .softcap = 3}, {Variant::softcap}),
            "soft caps are not supported");
  EXPECT_EQ(unsupported_variant({.bias = Bias::alibi}), "ALiBi slopes are not supported");
  EXPECT_EQ(unsupported_variant({.bias = Bias::tensor}), "bias tensors are not supported");
  EXPECT_EQ(unsupported_variant({.dtype = Dtype::e4m3}), "e4m3 operands are not supported");
  EXPECT_EQ(unsupported_variant({.dtype = Dtype::f16, .kv_e4m3 = true}), "e4m3 operands are not supported");
  EXPECT_EQ(unsupported_variant({.value_dim = 8}), "head dimensions of V other than D are not supported");
  EXPECT_EQ(unsupported_variant({.lengths = Lengths::ragged}), "variable lengths are not supported");
  EXPECT_EQ(unsupported_variant({.page = 16}), "paged keys and values are not supported");
}

// Query by query, key by key.
TEST(attention, flops_and_bytes_count_what_is_visible) {
  for (std::int64_t sq = 1; sq < 9; ++sq)
    for (std::int64_t sk = 0; sk < 9; ++sk)
      for (const Window window : {Window{2, 0}, Window{0, 0}, Window{1, 2}, Window{-1, 1}, Window{3, -1}}) {
        const Problem p{.batch = 2,
                        .heads = 4,
                        .kv_heads = 2,
                        .seq_q = sq,
                        .seq_k = sk,
                        .head_dim = 8,
                        .dtype = Dtype::bf16,
                        .mask = window.right == 0 ? Mask::causal : Mask::none,
                        .value_dim = 24,
                        .window = window,
                        .sinks = true,
                        .bias = Bias::tensor};
        ASSERT_EQ(problem_error(p), "");
        std::int64_t pairs = 0;
        std::set<std::int64_t> seen;
        for (std::int64_t row = 0; row < sq; ++row)
          for (std::int64_t key = visible_range(p, row).first; key < visible_range(p, row).last; ++key) {
            ++pairs;
            seen.insert(key);
          }
        const auto keys = static_cast<std::int64_t>(seen.size());
        EXPECT_EQ(attention_flops(p), 2.0 * 2 * 4 * (8 + 24) * static_cast<double>(pairs));
        const std::int64_t elements = 2 * 4 * sq * (8 + 24) + 2 * 2 * keys * (8 + 24);
        const std::int64_t floats = 2 * 4 * sq + 4 + 4 * pairs;  // LSE, sinks, bias
        EXPECT_EQ(attention_bytes(p), static_cast<double>(2 * elements + 4 * floats))
            << sq << " " << sk << " " << window.left << "," << window.right;
      }
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

TEST(attention, e4m3_operands_have_one_byte_and_o_is_bf16) {
  Problem p{.batch = 3, .heads = 8, .kv_heads = 2, .seq_q = 4, .seq_k = 16, .head_dim = 8};
  const std::int64_t query = 3 * 8 * 4 * 8, keys = 2 * 3 * 2 * 16 * 8, lse = 3 * 8 * 4, factors = 3 * 2;
  p.dtype = Dtype::e4m3;
  EXPECT_EQ(attention_bytes(p), static_cast<double>(query + keys + 2 * query + 4 * lse + 4 * 3 * factors));
  p.dtype = Dtype::f16;
  p.kv_e4m3 = true;
  EXPECT_EQ(attention_bytes(p),
            static_cast<double>(2 * query + keys + 2 * query + 4 * lse + 4 * 2 * factors));
}

TEST(attention, the_types_of_the_operands) {
  using Types = std::tuple<Dtype, Dtype, Dtype>;
  const auto types = [](const Problem& p) { return Types{query_type(p), key_type(p), output_type(p)}; };
  EXPECT_EQ(types({.dtype = Dtype::f16}), (Types{Dtype::f16, Dtype::f16, Dtype::f16}));
  EXPECT_EQ(types({.dtype = Dtype::e4m3}), (Types{Dtype::e4m3, Dtype::e4m3, Dtype::bf16}));
  for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
    EXPECT_EQ(types({.dtype = dtype, .kv_e4m3 = true}), (Types{dtype, Dtype::e4m3, dtype}));
  for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3})
    for (const bool kv_e4m3 : {false, true}) {
      const Problem p{.dtype = dtype, .kv_e4m3 = kv_e4m3};
      if (!problem_error(p).empty()) continue;
      with_operand_types(p, [&]<class Q, class K, class O>(Q, K, O) {
        const auto is = []<class T>(Dtype type, T) {
          return with_element_type(type, []<class U>(U) { return std::is_same_v<T, U>; });
        };
        EXPECT_TRUE(is(query_type(p), Q{}) && is(key_type(p), K{}) && is(output_type(p), O{}));
      });
    }
}

TEST(attention, rows_are_aligned_by_the_type_of_their_tensor) {
  const Problem p{.heads = 2, .kv_heads = 2, .seq_q = 4, .seq_k = 4, .head_dim = 8, .dtype = Dtype::f16};
  Problem fp8 = p;
  fp8.kv_e4m3 = true;
  EXPECT_EQ(unaligned_rows(p, packed_tensors(p), 16), "");
  EXPECT_EQ(unaligned_rows(fp8, packed_tensors(fp8), 16), "rows of K must be aligned to 16 bytes");
  fp8.head_dim = 16;
  EXPECT_EQ(unaligned_rows(fp8, packed_tensors(fp8), 16), "");
}

TEST(attention, factors_are_broadcast_by_a_stride_of_0) {
  const float data[] = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ((Descale{data, 3, 1}.at(1, 2)), 6);
  EXPECT_EQ((Descale{data, 0, 1}.at(1, 2)), 3);
  EXPECT_EQ((Descale{data, 3, 0}.at(1, 2)), 4);
  EXPECT_EQ((Descale{nullptr, 3, 1}.at(1, 2)), 1);
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
