// Row softmax in f32 for unfused CPU kernels, vectorised by the compiler.
//
// exp(x) = 2^n 2^f with |f| <= 1/2 and a polynomial of degree 6 in f. The relative error is below 2e-7,
// slightly over one ulp. Subnormal results are flushed to 0, NaN stays NaN. The instruction set is chosen by
// the CPU's feature flags, not its model, since virtual machines may report unknown models.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace warpgauge::cpu {

// e^x for x <= 0.
[[gnu::always_inline]] inline float exp_nonpositive(float x) {
  const float y = x * 1.44269504088896341f;
  // Adding 1.5 * 2^23 rounds to the nearest integer, which is then in the low bits.
  constexpr float kMagic = 12582912.0f;
  const float shifted = y + kMagic;
  const float f = y - (shifted - kMagic);
  // Taylor coefficients of 2^f: (ln 2)^k / k!. The first omitted term is below 1.1e-7 of the result.
  float p = 1.540353e-4f;
  p = p * f + 1.33335581e-3f;
  p = p * f + 9.61812911e-3f;
  p = p * f + 5.55041087e-2f;
  p = p * f + 2.40226507e-1f;
  p = p * f + 6.93147181e-1f;
  p = p * f + 1.0f;
  const std::uint32_t exponent =
      std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(kMagic) + 127u;
  const float power = p * std::bit_cast<float>(exponent << 23);
  return y < -126.0f ? 0.0f : power;
}

// Replaces logits weights[0..keys) by e^(logit - max). Returns the maximum and the sum. `keys` >= 1.
struct RowSum {
  float largest;
  float sum;
};

[[gnu::always_inline]] inline RowSum exponentiate_row_body(float* weights, std::int64_t keys) {
  // Sixteen independent lanes, since the compiler must not reorder a float reduction. A NaN fails every
  // comparison and does not enter the maximum. It reaches the result through the exponential.
  constexpr int kLanes = 16;
  float lane_max[kLanes], lane_sum[kLanes] = {};
  for (float& m : lane_max) m = -std::numeric_limits<float>::infinity();
  const std::int64_t whole = keys / kLanes * kLanes;
  for (std::int64_t j = 0; j < whole; j += kLanes)
    for (int l = 0; l < kLanes; ++l)
      lane_max[l] = weights[j + l] > lane_max[l] ? weights[j + l] : lane_max[l];
  float largest = lane_max[0];
  for (float m : lane_max) largest = m > largest ? m : largest;
  for (std::int64_t j = whole; j < keys; ++j) largest = weights[j] > largest ? weights[j] : largest;

  for (std::int64_t j = 0; j < whole; j += kLanes)
    for (int l = 0; l < kLanes; ++l) {
      weights[j + l] = exp_nonpositive(weights[j + l] - largest);
      lane_sum[l] += weights[j + l];
    }
  float sum = 0;
  for (float s : lane_sum) sum += s;
  for (std::int64_t j = whole; j < keys; ++j) sum += weights[j] = exp_nonpositive(weights[j] - largest);
  return {largest, sum};
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] inline RowSum exponentiate_row_avx512(float* weights, std::int64_t keys) {
  return exponentiate_row_body(weights, keys);
}
[[gnu::target("avx2,fma")]] inline RowSum exponentiate_row_avx2(float* weights, std::int64_t keys) {
  return exponentiate_row_body(weights, keys);
}
#endif

inline RowSum exponentiate_row(float* weights, std::int64_t keys) {
#if defined(__x86_64__)
  static const bool avx512 = __builtin_cpu_supports("avx512f");
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx512) return exponentiate_row_avx512(weights, keys);
  if (avx2) return exponentiate_row_avx2(weights, keys);
#endif
  return exponentiate_row_body(weights, keys);
}

// Softmax of one row in place: the logits [first, last) become probabilities, the others of [0, keys) become
// 0. `sink` is one more logit, whose probability is not stored; -inf: none. Returns the LSE. Without a
// visible key all are 0, and the LSE is the sink.
inline float softmax_row(float* logits, std::int64_t first, std::int64_t last, std::int64_t keys,
                         float sink = -std::numeric_limits<float>::infinity()) {
  for (std::int64_t j = 0; j < first; ++j) logits[j] = 0.0f;
  for (std::int64_t j = last; j < keys; ++j) logits[j] = 0.0f;
  if (first == last) return sink;
  RowSum row = exponentiate_row(logits + first, last - first);
  float rescale = 1.0f;
  if (sink > row.largest) {
    rescale = std::exp(row.largest - sink);
    row = {sink, row.sum * rescale + 1.0f};
  } else if (!std::isinf(sink)) {
    row.sum += std::exp(sink - row.largest);
  }
  const float factor = rescale / row.sum;
  for (std::int64_t j = first; j < last; ++j) logits[j] *= factor;
  return row.largest + std::log(row.sum);
}

}  // namespace warpgauge::cpu
