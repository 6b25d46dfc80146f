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

TEST(case_key, has_the_variants_of_a_problem) {
  const Problem p{.batch = 1,
                  .heads = 8,
                  .kv_heads = 8,
                  .seq_q = 512,
                  .seq_k = 512,
                  .head_dim = 192,
                  .mask = Mask::causal,
                  .scale = 0.1,
                  .value_dim = 128,
                  .window = {1023, 0},
                  .softcap = 50,
                  .sinks = true,
                  .bias = Bias::alibi,
                  .lengths = Lengths::one_long,
                  .page = 64};
  EXPECT_EQ(format_problem(p),
            "f32/B:1/H:8/S:512/D:192/Dv:128/causal:1/window:1023,0/softcap:50/sinks:1/bias:alibi/lengths:long"
            "/page:64/scale:0.1");
  EXPECT_EQ(parse_case(format_problem(p)).problem, p);
}

TEST(case_key, has_the_types_of_e4m3_operands) {
  Problem p{.seq_q = 8, .seq_k = 8, .dtype = Dtype::e4m3, .scale = 0.5};
  EXPECT_EQ(format_problem(p), "e4m3/B:1/H:1/S:8/D:64/causal:0/scale:0.5");
  EXPECT_EQ(parse_case(format_problem(p)).problem, p);
  p.dtype = Dtype::bf16;
  p.bias = Bias::tensor;
  p.kv_e4m3 = true;
  EXPECT_EQ(format_problem(p), "bf16/B:1/H:1/S:8/D:64/causal:0/bias:tensor/kv:e4m3/scale:0.5");
  EXPECT_EQ(parse_case(format_problem(p)).problem, p);
}

TEST(case_key, a_value_that_is_the_default_is_read_and_not_written) {
  const std::string_view long_form = "f32/B:1/H:1/S:8/D:64/Dv:64/causal:0/softcap:0/sinks:0/page:0";
  EXPECT_EQ(format_problem(parse_case(long_form).problem), "f32/B:1/H:1/S:8/D:64/causal:0");
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
    p.dtype = static_cast<Dtype>(random() % 4);
    p.kv_e4m3 = p.dtype != Dtype::e4m3 && random() % 3 == 0;
    p.mask = static_cast<Mask>(random() % 2);
    p.scale = random() % 2 ? default_scale(p.head_dim) : std::ldexp(static_cast<double>(random()), -64);
    if (random() % 3 == 0) p.value_dim = 300 + static_cast<std::int64_t>(random() % 256);
    if (random() % 3 == 0) {
      p.window.left = static_cast<std::int64_t>(random() % 2000);
      p.window.right = p.mask == Mask::causal ? 0 : 1 + static_cast<std::int64_t>(random() % 2000);
    }
    if (random() % 3 == 0) p.softcap = std::ldexp(static_cast<double>(random()), -60);
    p.sinks = random() % 3 == 0;
    p.bias = static_cast<Bias>(random() % 3);
    p.lengths = static_cast<Lengths>(random() % 4);
    p.page = static_cast<std::int64_t>(random() % 17) * 16;
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
  EXPECT_THAT(message_of("cpu/naive"), HasSubstr("no element type (f32, f16, bf16, e4m3)"));
  EXPECT_THAT(message_of("f32/B:1/S:1/D:8/causal:0"), HasSubstr("expected 'H:N', found 'S:1'"));
  EXPECT_THAT(message_of("f32/B:x/H:1/S:1/D:8/causal:0"), HasSubstr("'x' in 'B:x' is not a number"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8"), HasSubstr("expected 'causal:N', found the end"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:2"), HasSubstr("causal must be 0 or 1"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/repeats:3"), HasSubstr("unexpected 'repeats:3'"));
  EXPECT_THAT(message_of("f32/B:1/H:6/Hkv:4/S:1/D:8/causal:0"), HasSubstr("Hkv must divide H"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/window:3"), HasSubstr("'window:LEFT,RIGHT'"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/window:3,x"), HasSubstr("'x' in 'window:3,x' is not"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/window:-1,-1"), HasSubstr("is not written"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/window:3,0"), HasSubstr("exactly if causal is 1"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/sinks:2"), HasSubstr("sinks must be 0 or 1"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/bias:none"), HasSubstr("neither alibi nor tensor"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/lengths:equal"), HasSubstr("ragged, long and empty"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/page:24"), HasSubstr("a multiple of 16"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/page:16/lengths:long"),
              HasSubstr("unexpected 'lengths:long'"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/kv:f16"), HasSubstr("'f16' of K and V is not e4m3"));
  EXPECT_THAT(message_of("e4m3/B:1/H:1/S:1/D:8/causal:0/kv:e4m3"), HasSubstr("only if Q is of another type"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/softcap:-2"), HasSubstr("at least 0"));
  EXPECT_THAT(message_of("f32/B:1/H:1/S:1/D:8/causal:0/sinks:1/softcap:2"),
              HasSubstr("unexpected 'softcap:2'"));
  EXPECT_THAT(message_of("f32/B:99999999999999999999/H:1/S:1/D:8/causal:0"), HasSubstr("is not a number"));
}

}  // namespace
}  // namespace warpgauge
