// Finite logits so large that their maximum, scaled and rounded, is far from the exact product. A kernel that
// subtracts the rounded one gets weights of 0, or infinite ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fuzz/check.h"
#include "fuzz/generate.h"
#include "kernels/case_key.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

// All elements of Q, of K and of V have the same value.
Inputs constant(const Problem& p, float q, float k, float v) {
  Inputs in = make_inputs(p, InputFamily::huge_logits, 1);
  std::fill(in.q.begin(), in.q.end(), round_to(p.dtype, q));
  std::fill(in.k.begin(), in.k.end(), round_to(p.dtype, k));
  std::fill(in.v.begin(), in.v.end(), round_to(p.dtype, v));
  return in;
}

Reference reference_of(const Inputs& in) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(lse_elements(in.problem)));
  std::iota(rows.begin(), rows.end(), 0);
  return compute_reference(in, rows, OracleBackend::cpu);
}

// What is wrong with the kernels that run here.
std::string failures(const Inputs& in) {
  const Reference reference = reference_of(in);
  std::string report;
  for (const Kernel* kernel : all_kernels()) {
    if (!backend_unavailable(kernel->backend).empty()) continue;
    if (!kernel->supports(in.problem, packed_tensors(in.problem)).empty()) continue;
    GuardedTensors tensors(kernel->backend, in.problem, Layout::packed);
    tensors.upload(in);
    for (std::uint64_t seed : {0, 1, 2})
      for (const Failure& failure :
           compare_output(run_kernel(*kernel, tensors, 1, seed), in, reference, nullptr))
        report += format_case(kernel->id(), in.problem) + ": " + failure.message + "\n";
  }
  return report;
}

TEST(HugeLogits, OfOneKeyGiveItsValue) {
  EXPECT_EQ(failures(constant({.seq_q = 1, .seq_k = 1, .dtype = Dtype::f16}, 30000, 30000, 30000)), "");
  for (float sign : {1.0f, -1.0f}) {
    EXPECT_EQ(failures(constant({.seq_q = 1, .seq_k = 1, .dtype = Dtype::f16}, 60000, sign * 60000, 7)), "");
    EXPECT_EQ(failures(constant({.seq_q = 1, .seq_k = 1, .dtype = Dtype::bf16}, 1e18f, sign * 1e18f, 3)), "");
    EXPECT_EQ(failures(constant({.seq_q = 1, .seq_k = 1, .dtype = Dtype::f32}, 1e17f, sign * 3e17f, 3)), "");
  }
}

// Several tiles, several splits, several rows; the maximum differs from tile to tile or is the same.
TEST(HugeLogits, OfManyKeysGiveAMeanOfTheirValues) {
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
    for (std::int64_t dim : {32, 64, 256})
      for (std::int64_t keys : {2, 130, 700})
        for (std::int64_t queries : {1, 33})
          for (Mask mask : {Mask::none, Mask::causal}) {
            const Problem p{.seq_q = queries,
                            .seq_k = keys,
                            .head_dim = dim,
                            .dtype = dtype,
                            .mask = mask,
                            .scale = default_scale(dim)};
            EXPECT_EQ(failures(constant(p, 30000, 30000, 30000)), "");
            EXPECT_EQ(failures(make_inputs(p, InputFamily::huge_logits, static_cast<std::uint64_t>(keys))),
                      "");
          }
}

// Tiles of ordinary and of huge logits in one row: the scores of the earlier ones are relative to another
// base.
TEST(HugeLogits, MayFollowOrdinaryOnes) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16})
    for (float largest : {3e4f, 5e5f, 1e9f}) {
      Inputs in = make_inputs({.seq_q = 16, .seq_k = 400, .dtype = dtype}, InputFamily::normal, 9);
      const float q = std::sqrt(largest / 8);
      std::fill(in.q.begin(), in.q.end(), round_to(dtype, q));
      for (std::size_t key = 0; key < 400; ++key) {
        const float part = static_cast<float>((key * 37) % 400) / 400;
        std::fill_n(in.k.begin() + static_cast<std::ptrdiff_t>(64 * key), 64,
                    round_to(dtype, q * part * part));
      }
      EXPECT_EQ(failures(in), "") << dtype_name(dtype) << ", logits up to " << largest;
    }
}

// The bound of a row grows with its logits, but O stays within the visible V.
TEST(HugeLogits, DoNotHideAWrongOutput) {
  const Inputs in = constant({.seq_q = 1, .seq_k = 1, .dtype = Dtype::f16}, 30000, 30000, 30000);
  const Reference reference = reference_of(in);
  Output output{std::vector<float>(64, 30000), {static_cast<float>(reference.lse[0])}, {}, {}};
  EXPECT_TRUE(compare_output(output, in, reference, nullptr).empty());
  output.o[5] = 0;
  const std::vector<Failure> found = compare_output(output, in, reference, nullptr);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].property, Property::output);
  EXPECT_THAT(found[0].message,
              HasSubstr("O is 0 at b=0 h=0 q=0 of 1 keys, d=5, expected 30000: error 30000, bound "));
  EXPECT_THAT(found[0].message, HasSubstr(", since the visible V lies in [30000, 30000]"));
}

// Only visible keys count.
TEST(HugeLogits, LeaveTheRangeOfTheVisibleKeysOnly) {
  Inputs in = constant({.seq_q = 2, .seq_k = 2, .head_dim = 1, .dtype = Dtype::bf16, .mask = Mask::causal},
                       1e5f, 1e5f, 1);
  in.v[1] = 100;
  const Reference reference = reference_of(in);
  EXPECT_EQ(reference.lowest, (std::vector<float>{1, 1}));
  EXPECT_EQ(reference.highest, (std::vector<float>{1, 100}));
  Output output{
      {1, 90}, {static_cast<float>(reference.lse[0]), static_cast<float>(reference.lse[1])}, {}, {}};
  EXPECT_TRUE(compare_output(output, in, reference, nullptr).empty()) << "both weights are possible";
  output.o[0] = 1.5f;
  EXPECT_EQ(compare_output(output, in, reference, nullptr).size(), 1u);
}

}  // namespace
}  // namespace warpgauge
