#include "kernels/case_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace warpgauge {
namespace {

using testing::HasSubstr;

TEST(case_key, omits_default_axes) {
  const Problem p{.batch = 32, .heads = 8, .kv_heads = 8, .seq_q = 512, .seq_k = 512, .head_dim = 64};
  EXPECT_EQ(format_case("cpu/blas", p), "cpu/blas/f32/B:32/H:8/S:512/D:64/causal:0");
}

TEST(case_key, has_axes_that_differ_from_the_defaults) {
  const Problem p{.batch = 1,
                  .heads = 8,
                  .kv_heads = 2,
                  .seq_q = 1,
                  .seq_k = 1024,
                  .head_dim = 128,
                  .dtype = Dtype::bf16,
                  .mask = Mask::causal,
                  .scale = 0.1};
  EXPECT_EQ(format_case("cuda/flash_mma", p),
            "cuda/flash_mma/bf16/B:1/H:8/Hkv:2/S:1/Sk:1024/D:128/causal:1/scale:0.1");
}

TEST(case_key, parse_is_the_inverse_of_format) {
  std::mt19937_64 random(1);
  for (int n = 0; n < 10000; ++n) {
    Problem p;
    p.batch = 1 + static_cast<std::int64_t>(random() % 64);
    p.kv_heads = 1 + static_cast<std::int64_t>(random() % 8);
    p.heads = p.kv_heads * (1 + static_cast<std::int64_t>(random() % 4));
    p.seq_q = 1 + static_cast<std::int64_t>(random() % 5000);
    p.seq_k = random() % 2 ? p.seq_q : static_cast<std::int64_t>(random() % 5000);
    p.head_dim = 1 + static_cast<std::int64_t>(random() % 256);
    p.dtype = static_cast<Dtype>(random() % 3);
    p.mask = static_cast<Mask>(random() % 2);
    p.scale = random() % 2 ? default_scale(p.head_dim) : std::ldexp(static_cast<double>(random()), -64);
    const std::string key = format_case("cpu/naive", p);
    const ParsedCase parsed = parse_case(key);
    EXPECT_EQ(parsed.kernel, "cpu/naive");
    EXPECT_EQ(parsed.problem, p) << key;
    EXPECT_EQ(format_case(parsed.kernel, parsed.problem), key);
  }
}

TEST(case_key, kernel_is_optional_and_may_lack_the_backend) {
  EXPECT_EQ(parse_case("f16/B:1/H:1/S:1/D:8/causal:0").kernel, "");
  EXPECT_EQ(parse_case("naive/f16/B:1/H:1/S:1/D:8/causal:0").kernel, "naive");
}

std::string message_of(const std::string& text) {
  try {
    parse_case(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(case_key, error_has_the_offending_part) {
  EXPECT_THAT(message_of("cpu/naive"), HasSubstr("no element type (f32, f16, bf16)"));
  EXPECT_THAT(message_of("f32/B:1/S:1/D:8/causal:0"), HasSubstr("expected 'H:N', found 'S:1'"));
  EXPECT_THAT(message_of("f32/B:x/H:1/S:1/D:8/causal:0"), HasSubstr("the value of 'B:x' is not a number"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8"), HasSubstr("expected 'causal:N', found the end"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:2"), HasSubstr("causal must be 0 or 1"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/repeats:3"), HasSubstr("unexpected 'repeats:3'"));
  EXPECT_THAT(message_of("f32/B:1/H:6/Hkv:4/S:1/D:8/causal:0"), HasSubstr("Hkv must divide H"));
  EXPECT_THAT(message_of("f32/B:99999999999999999999/H:1/S:1/D:8/causal:0"), HasSubstr("is not a number"));
}

}  // namespace
}  // namespace warpgauge
