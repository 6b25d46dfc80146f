#include "fuzz/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "fuzz/oracle.h"
#include "fuzz/random.h"

namespace warpgauge {
namespace {

using testing::Each;

const Problem kProblem{.batch = 2, .heads = 4, .kv_heads = 2, .seq_q = 50, .seq_k = 130, .head_dim = 64};

std::uint64_t hash(const Inputs& in) {
  std::uint64_t hash = 0;
  for (const auto* tensor : {&in.q, &in.k, &in.v})
    for (float value : *tensor) hash = mix_bits(hash + std::bit_cast<std::uint32_t>(value) + 1);
  return hash;
}

// Computed on x86-64. A machine with other values would reproduce other inputs.
TEST(Inputs, AreTheSameBitsOnEveryPlatform) {
  EXPECT_EQ(RandomStream(1, 2).bits(3), 6320860017144405271u);
  EXPECT_EQ(hash(make_inputs(kProblem, InputFamily::normal, 1)), 17984651428307321800u);
  EXPECT_EQ(hash(make_inputs(kProblem, InputFamily::heavy_tailed, 1)), 15284098694331396594u);
  EXPECT_EQ(hash(make_inputs(kProblem, InputFamily::large_logits, 1)), 16604605694468450672u);
  EXPECT_EQ(hash(make_inputs(kProblem, InputFamily::needles, 1)), 5027762662755705008u);
}

TEST(Inputs, NormalsHaveMeanZeroAndDeviationOne) {
  const RandomStream random(5, 1);
  double sum = 0, squares = 0, fourths = 0, largest = 0;
  constexpr int kCount = 1000000;
  for (int n = 0; n < kCount; ++n) {
    const double x = random.normal(n);
    sum += x, squares += x * x, fourths += x * x * x * x;
    largest = std::max(largest, std::fabs(x));
  }
  EXPECT_NEAR(sum / kCount, 0, 0.004);
  EXPECT_NEAR(squares / kCount, 1, 0.005);
  EXPECT_NEAR(fourths / kCount, 3 - 1.2 / 8, 0.03);  // kurtosis of a sum of eight uniforms
  EXPECT_GT(largest, 4);
  EXPECT_LE(largest, 4.9);
}

TEST(Inputs, FollowTheSeedAndDifferBetweenTensors) {
  const Inputs one = make_inputs(kProblem, InputFamily::normal, 1),
               two = make_inputs(kProblem, InputFamily::normal, 2);
  EXPECT_NE(hash(one), hash(two));
  EXPECT_NE(one.k, one.v);
  EXPECT_NE(one.q[0], one.k[0]);
}

TEST(Inputs, AreRoundedToTheType) {
  for (Dtype dtype : {Dtype::f16, Dtype::bf16})
    for (InputFamily family : all_families()) {
      Problem p = kProblem;
      p.dtype = dtype;
      const Inputs in = make_inputs(p, family, 3);
      for (const auto* tensor : {&in.q, &in.k, &in.v})
        for (float value : *tensor) {
          ASSERT_TRUE(round_to(dtype, value) == value || (!std::isfinite(value) && is_non_finite(family)))
              << family_name(family) << " " << value;
          ASSERT_TRUE(!std::isinf(value) || family == InputFamily::non_finite_keys) << family_name(family);
        }
    }
}

// K and V, and Q unless it is of another type.
TEST(Inputs, OfE4m3AreRoundedToTheirTypes) {
  for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3})
    for (const InputFamily family : all_families()) {
      Problem p = kProblem;
      p.dtype = dtype;
      p.kv_e4m3 = dtype != Dtype::e4m3;
      const Inputs in = make_inputs(p, family, 3);
      const std::pair<const std::vector<float>*, Dtype> tensors[] = {
          {&in.q, dtype}, {&in.k, Dtype::e4m3}, {&in.v, Dtype::e4m3}};
      for (const auto& [tensor, type] : tensors)
        for (const float value : *tensor)
          ASSERT_TRUE(round_to(type, value) == value || (std::isnan(value) && is_non_finite(family)))
              << family_name(family) << " " << value;
      EXPECT_EQ(in.q_descale.size(), dtype == Dtype::e4m3 ? 4u : 0u);
      EXPECT_EQ(in.k_descale.size(), 4u);
      EXPECT_EQ(in.v_descale.size(), 4u);
      EXPECT_TRUE(family == InputFamily::needles || in.k_descale != in.v_descale);
    }
}

TEST(Inputs, MagnitudesHaveEveryFiniteCodeOfE4m3) {
  Problem p = kProblem;
  p.dtype = Dtype::e4m3;
  const Inputs in = make_inputs(p, InputFamily::magnitudes, 1);
  for (const auto* tensor : {&in.q, &in.k, &in.v}) {
    std::set<int> codes;
    for (const float value : *tensor) codes.insert(e4m3::encode(value));
    EXPECT_EQ(codes.size(), 254u);
  }
  EXPECT_NE(in.k, in.v);
}

TEST(Inputs, E4m3HasBothNans) {
  Problem p = kProblem;
  p.dtype = Dtype::e4m3;
  for (const InputFamily family : {InputFamily::nan_inputs, InputFamily::non_finite_keys}) {
    std::set<bool> signs;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const Inputs in = make_inputs(p, family, seed);
      for (const auto* tensor : {&in.q, &in.k, &in.v})
        for (const float value : *tensor)
          if (std::isnan(value)) signs.insert(std::signbit(value));
      for (const auto* factors : {&in.q_descale, &in.k_descale, &in.v_descale})
        for (const float factor : *factors) EXPECT_NE(factor, 0);
    }
    EXPECT_EQ(signs.size(), 2u) << family_name(family);
  }
}

// Of different magnitudes; some are negative, some 0. Where logits have a size, the factors cancel.
TEST(Inputs, FactorsDiffer) {
  Problem p = kProblem;
  p.batch = 64;
  p.seq_q = p.seq_k = p.head_dim = 1;
  p.dtype = Dtype::e4m3;
  Inputs in = make_inputs(p, InputFamily::normal, 1);
  for (auto* factors : {&in.q_descale, &in.k_descale, &in.v_descale}) {
    const auto [least, largest] = std::minmax_element(factors->begin(), factors->end());
    EXPECT_LT(*least, 0);
    EXPECT_GT(*largest, 1);
    EXPECT_GT(std::count(factors->begin(), factors->end(), 0.0f), 0);
    EXPECT_GT(std::set<float>(factors->begin(), factors->end()).size(), 100u);
  }
  in = make_inputs(p, InputFamily::needles, 1);
  for (std::size_t n = 0; n < in.k_descale.size(); ++n)
    EXPECT_NEAR(in.q_descale[n] * in.k_descale[n], 1, 1e-6);
  EXPECT_NE(make_inputs(p, InputFamily::normal, 2).k_descale,
            make_inputs(p, InputFamily::normal, 1).k_descale);
}

TEST(Inputs, FamiliesHaveTheirProperties) {
  const auto make = [](InputFamily family) { return make_inputs(kProblem, family, 1); };
  EXPECT_THAT(make(InputFamily::zero_query).q, Each(0.0f));
  EXPECT_THAT(make(InputFamily::unit_value).v, Each(1.0f));
  EXPECT_THAT(make(InputFamily::counting).q, Each(0.0f));
  EXPECT_THAT(make(InputFamily::counting).v, Each(1.0f));
  const Inputs constant = make(InputFamily::constant_keys);
  for (std::int64_t d = 0; d < 64; ++d) EXPECT_EQ(constant.k[d], constant.k[129 * 64 + d]);
  EXPECT_NE(constant.k[0], constant.k[130 * 64]) << "another head has another key";
  const Inputs nan = make(InputFamily::nan_inputs);
  const auto nans = [](const std::vector<float>& t) {
    return std::count_if(t.begin(), t.end(), [](float x) { return x != x; });
  };
  EXPECT_EQ(nans(nan.q), 8);
  EXPECT_EQ(nans(nan.v), 4);
  EXPECT_EQ(nans(nan.k), 0);
}

TEST(Inputs, MaskedValuesGetNoNan) {
  Problem p = kProblem;
  p.mask = Mask::causal;
  for (float value : make_inputs(p, InputFamily::nan_inputs, 1).v) ASSERT_FALSE(std::isnan(value));
}

TEST(Inputs, QueriesScaledByZeroGetNoNan) {
  Problem p = kProblem;
  p.scale = 0;
  for (float value : make_inputs(p, InputFamily::nan_inputs, 1).q) ASSERT_FALSE(std::isnan(value));
}

// Each head has one NaN or infinity, in a key that all queries see.
TEST(Inputs, NonFiniteKeysAreSeenByAllQueries) {
  Problem p = kProblem;
  p.mask = Mask::causal;
  const std::int64_t seen = p.seq_k - p.seq_q + 1;
  ASSERT_GT(seen, 1);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Inputs in = make_inputs(p, InputFamily::non_finite_keys, seed);
    std::int64_t count = 0;
    for (std::size_t at = 0; at < in.k.size(); ++at) {
      if (std::isfinite(in.k[at])) continue;
      ++count;
      EXPECT_LT(static_cast<std::int64_t>(at) / p.head_dim % p.seq_k, seen);
    }
    EXPECT_EQ(count, p.batch * p.kv_heads);
  }
  std::swap(p.seq_q, p.seq_k);
  for (float value : make_inputs(p, InputFamily::non_finite_keys, 1).k) ASSERT_TRUE(std::isfinite(value));
}

// If the only visible key were infinite, all logits could be -inf, and softmax would be undefined.
TEST(Inputs, AKeyThatIsSeenAloneIsNoInfinity) {
  Problem p = kProblem;
  p.mask = Mask::none;
  p.seq_q = p.seq_k = 1;
  int nans = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    for (const float value : make_inputs(p, InputFamily::non_finite_keys, seed).k) {
      ASSERT_FALSE(std::isinf(value)) << seed;
      nans += std::isnan(value);
    }
  }
  EXPECT_GE(nans, 50);
}

TEST(Inputs, MagnitudesReachBothEndsOfTheRange) {
  float largest = 0, smallest = 1;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Problem p = kProblem;
    p.dtype = Dtype::f16;
    const Inputs in = make_inputs(p, InputFamily::magnitudes, seed);
    for (float value : in.v) largest = std::max(largest, std::fabs(value));
    for (float value : in.v)
      if (value != 0) smallest = std::min(smallest, std::fabs(value));
  }
  EXPECT_GT(largest, 5e4f);
  EXPECT_LE(largest, 6e4f);
  EXPECT_EQ(smallest, 0x1p-24f);
}

TEST(Inputs, SubnormalsAreSubnormal) {
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3}) {
    Problem p = kProblem;
    p.dtype = dtype;
    const float normal = std::ldexp(1.0f, least_exponent(dtype));
    const Inputs in = make_inputs(p, InputFamily::subnormals, 1);
    EXPECT_TRUE(std::all_of(in.v.begin(), in.v.end(), [=](float v) { return std::fabs(v) < normal; }));
    EXPECT_GT(std::count_if(in.v.begin(), in.v.end(), [](float v) { return v != 0; }), std::ssize(in.v) / 2);
  }
}

// Some rows exceed 5e4, and in some even the largest logit is below -4.8e4.
TEST(Inputs, LargeLogitsAreLargeBothWays) {
  for (std::int64_t dim : {8, 64, 256}) {
    Problem p = kProblem;
    p.head_dim = dim;
    p.scale = default_scale(dim);
    const Inputs in = make_inputs(p, InputFamily::large_logits, 1);
    const Reference ref = compute_reference(in, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, OracleBackend::cpu);
    EXPECT_GT(*std::max_element(ref.lse.begin(), ref.lse.end()), 5e4) << dim;
    EXPECT_LT(*std::min_element(ref.lse.begin(), ref.lse.end()), -4.8e4) << dim;
    EXPECT_LT(*std::max_element(ref.lse.begin(), ref.lse.end()), 8e4) << dim;
  }
}

// The output of a row is the V of one key: its weight is larger than that of all other keys together.
TEST(Inputs, NeedlesDominateTheirRows) {
  const Inputs in = make_inputs(kProblem, InputFamily::needles, 1);
  const std::vector<std::int64_t> rows{0, 1, 2, 3, 4, 5, 6, 7};
  const Reference ref = compute_reference(in, rows, OracleBackend::cpu);
  for (std::size_t n = 0; n < rows.size(); ++n) {
    double nearest = 1e9;
    for (std::int64_t j = 0; j < kProblem.seq_k; ++j) {
      double distance = 0;
      for (std::int64_t d = 0; d < 64; ++d)
        distance = std::max(distance, std::fabs(ref.output[n * 64 + d] - in.v[j * 64 + d]));
      nearest = std::min(nearest, distance);
    }
    EXPECT_LT(nearest, 1e-3) << "row " << n;
  }
}

}  // namespace
}  // namespace warpgauge
