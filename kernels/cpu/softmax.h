// Row softmax in f32 for unfused CPU kernels, vectorised by the compiler.
//
// exp by range reduction to 2^n 2^f, |f| <= 1/2, and a degree-6 polynomial in f: relative error below 2e-7 (a
// little over one ulp), results below the smallest normal number flushed to 0, NaN stays NaN. The instruction
// set is chosen by what the processor can do, never by its model: virtual machines report models that nobody
// knows.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace warpgauge::cpu {

// e^x for x <= 0.
[[gnu::always_inline]] inline float exp_nonpositive(float x) {
  const float y = x * 1.44269504088896341f;
  // 1.5 * 2^23: adding it rounds to the nearest integer, into the low bits
  constexpr float kMagic = 12582912.0f;
  const float shifted = y + kMagic;
  const float f = y - (shifted - kMagic);
  // Coefficients of 2^f: powers of ln 2 over factorials; the first one left out is below 1.1e-7 of the
  // result.
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

// One row: weights[0..keys) from logits to e^(logit - max), returns their sum and the maximum. `keys` >= 1.
struct RowSum {
  float largest;
  float sum;
};

[[gnu::always_inline]] inline RowSum exponentiate_row_body(float* weights, std::int64_t keys) {
  // Sixteen independent lanes, since the compiler may not reorder a float reduction by itself. A NaN fails
  // every comparison, is left out of the maximum, and comes back through the exponential.
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

// Softmax of one row of logits in place: logits[0..visible) become probabilities, logits[visible..keys)
// become 0. Returns the row's LSE; a row with nothing visible is all 0 with LSE -inf.
inline float softmax_row(float* logits, std::int64_t visible, std::int64_t keys) {
  for (std::int64_t j = visible; j < keys; ++j) logits[j] = 0.0f;
  if (visible == 0) return -std::numeric_limits<float>::infinity();
  const RowSum row = exponentiate_row(logits, visible);
  const float inverse = 1.0f / row.sum;
  for (std::int64_t j = 0; j < visible; ++j) logits[j] *= inverse;
  return row.largest + std::log(row.sum);
}

}  // namespace warpgauge::cpu
