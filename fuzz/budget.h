// Error bounds of a right kernel, one per row, from the terms of that row and from what the kernel rounds. A
// fixed absolute tolerance does not work: at S = 16k outputs have a standard deviation of 0.013, and a kernel
// that drops keys passes 1e-2. kernels/README.md describes the bounds of each rounding.
#pragma once

#include <cstdint>

#include "kernels/attention.h"
#include "kernels/kernel.h"

namespace warpgauge {

// Distance between neighbouring values of the type at |value|.
[[nodiscard]] double ulp(Dtype dtype, double value);

inline constexpr double kF32Roundoff = 0x1p-24;  // unit_roundoff(Dtype::f32): of sums and logits

// A term of RowTerms::sum_error. `weight` is normalized, `range` the largest minus the smallest of the row.
constexpr double sum_error_of(double weight, double range) {
  const double largest = range < kF32Roundoff ? range : kF32Roundoff;
  return weight < largest ? weight : largest;
}

// The exact terms of a row's bounds. p are the normalized weights, s the logits.
struct RowTerms {
  std::int64_t keys = 0;  // visible ones
  std::int64_t head_dim = 0;
  double largest_output = 0;  // max over d of |O|, rounded to the output type
  double low_error =
      0;              // max over d of |low - ref|, both rounded: of a computation in the kernel's precision
  double spread = 0;  // max over d of sqrt(sum_j (p_j v_jd)^2)
  double mass = 0;    // max over d of sum_j |p_j v_jd|
  double logit_mass = 0;  // max over j of scale sum_d |q_d k_jd|: the error of a logit is proportional to it
  double sum_error = 0;   // relative error of an f32 sum of the weights, in any order: see sum_error below
  double weight_spread = 0;   // sqrt(sum_j p_j^2)
  double row_sum = 1;         // sum_j exp(s_j - max s), at least 1
  double value_spread = 0;    // max over d of sqrt(sum_j v_jd^2)
  double logit_peak = 0;      // max over j of |s_j|
  double query_rounding = 0;  // max over j of sum_d |r_d k_jd|, r_d the rounding error bound of scale q_d
  double variant_error = 0;   // max over j of the error of s_j that factors, soft cap and bias add in f32
  double value_factor = 1;    // magnitude of the factor of V; all terms of V include it
  bool equal_keys = false;    // all logits are equal, and all values: so are the terms p_j v_jd
};

// What `rounding` means for the problem: 16-bit roundings are none for f32, and those to e4m3 only exist if V
// is e4m3. The other functions take this one.
[[nodiscard]] Rounding effective_rounding(const Problem& problem, const Rounding& rounding);

// A weight as the kernel rounds it. `dtype` is that of O, also below.
[[nodiscard]] float round_weight(Dtype dtype, const Rounding& rounding, float weight);

// Bound on max over d of |O - ref|, ref rounded to the output type:
//
//   2 low_error + ulp(largest_output) + 3 w spread + (sqrt(keys) + [equal keys] keys / 2) 2^-24 mass
//   + [row_sum] 3 u weight_spread |O| + [f16 weights] 3 2^-25 value_spread / L + 2^-126
//   w = u + e + exp(l) - 1, e = 2^-24 (4 + sqrt(D) logit_mass),
//   l = query_rounding + u logit_peak + variant_error
//
// - 2 low_error + ulp: twice the error of a computation with the same roundings, and the result's rounding.
// - 3 w spread: the weights change independently of each other, by the fraction w at most. u is
//   unit_roundoff of the type if P is rounded, e the error of a logit, a sum of D terms in f32; l the error
//   of a logit if Q or S are rounded, or by a soft cap or bias. The error of one rounding is at most u and
//   has a standard deviation of 0.42 u (logarithmically distributed fractions): 3 u spread is 7 standard
//   deviations. Up to 9 keys it is a strict bound (Cauchy and Schwarz). It holds even if low_error happens to
//   be small.
// - 3 u weight_spread |O|: the same errors, in the sum of the rounded weights. Weights that are nearly equal
//   have errors of one sign, but these cancel between P V and the sum.
// - 3 2^-25 value_spread / L: f16 rounds weights below 2^-14 to multiples of 2^-24. Before the division
//   the weights are larger by L = row_sum; after it, L is 1.
// - sqrt(keys) 2^-24 mass: f32 accumulation in any order, a random walk with one step per key.
// - keys / 2 2^-24 mass: if all terms are equal (stride 0), each addition may be rounded in one direction.
//   The partial sums are k p v for k = 1 .. keys, and each is rounded by 2^-24 of itself at most.
// - 2^-126: sums below the smallest normal f32 may be flushed to 0. Times the factor of V, if that is larger
//   than 1.
//
// With e4m3 weights the terms of P, 3 u spread and 3 2^-25 value_spread / L, are
//
//   min(u mass, 6 u spread + u |O|) + 3 2^(-10 - weight_exponent) value_spread / L,   u = 2^-4
//
// - u mass is strict. 7 % of the weights below 1 are rounded to 1: weights that are nearly equal have equal
//   errors, which the computation with the same roundings, of error low_error, has too. But a kernel with a
//   running maximum rounds other numbers in its first tiles, whose errors are then equal among each other.
//   Their sum is u |O|, and the part of the first tiles in it, which is of the size of the spread.
// - e4m3 rounds numbers below 2^-6 to multiples of 2^-9.
[[nodiscard]] double output_bound(Dtype dtype, const Rounding& rounding, const RowTerms& row);

// O is a mean of the visible values of V, and of 0 if there are sinks, whatever the logits are. This is how
// far it may be from the range of one column, whose largest magnitude is `magnitude`:
//
//   magnitude (u + 2^-24 (8 + keys) + sum_error) + ulp(magnitude) + 2^-126
//
// - u: the weights are rounded, and their sum is that of the exact ones; 0 if it is that of the rounded ones.
// - 2^-24 (8 + keys): the f32 sum of P V, half an ulp per key, and the division.
// - sum_error: the f32 sum of the weights.
// - ulp: the rounding of the result.
// - e4m3 weights: keys 2^(-10 - weight_exponent) / L, at most 1, for the weights that become 0.
//
// The range bounds O where the bound above does not, because it grows with the logits.
[[nodiscard]] double range_slack(Dtype dtype, const Rounding& rounding, const RowTerms& row,
                                 double magnitude);

// Bound on |O - 1| if Q = 0 and V = 1. All terms are equal, so f32 may round each partial sum in the same
// direction: half an ulp per key, in addition to the terms above.
[[nodiscard]] double counting_bound(Dtype dtype, const Rounding& rounding, std::int64_t keys);

// Bound on |LSE - ref|, the sum of
//
// - 1e-5 (f32) or 2e-4 (16 bits);
// - the error of the largest logit, an f32 sum of D terms: r 2^-24 logit_mass, r = max(16, 3/8 D);
// - sum_error: of the f32 sum of the weights;
// - [row_sum] u, and for f16 keys 2^-25 / L: the errors of the rounded weights in their sum, at most u p_j or
//   half the step of subnormal numbers each. A smaller bound needs independent errors, but weights that are
//   nearly equal, as those of small logits, are rounded in the same direction;
// - [scaled_query] query_rounding, [logits] u logit_peak, and variant_error: the error of a logit.
//
// variant_error = 2^-24 max over j of
//   [cap] 8 |cap(x)|      x / softcap, softcap itself (used twice) and the product are rounded by 2^-24 of
//                         themselves each, and tanh is wrong by 2 ulp, 4 x 2^-24, at most (CUDA's and glibc's
//                         documented limits). The derivative of tanh is at most 1, and z tanh'(z) <= tanh z.
//   + [ALiBi] |slope distance|    the product; slopes and distances below 2^24 are exact
//   + [bias] |s_j|                the sum.
//   + [factors] 2 |x|             scale, qs and ks are multiplied: two products more than without factors.
//
// A sink is a weight like those of the keys, without a value: row_sum, weight_spread and sum_error include
// it.
//
// sum_error = sum over j of min(p_j, 2^-24, max p - min p). No f32 sum of the weights exceeds it, whatever
// their values and their order. Adding w_j to the partial sum S is wrong
// - by at most 2^-24 (S + w_j), half an ulp. No partial sum of positive terms exceeds the final one (Higham
//   2002, "Accuracy and Stability of Numerical Algorithms", section 4.2);
// - by at most w_j: S is a float, and the result is the nearest one (Shewchuk 1997, "Adaptive Precision
//   Floating-Point Arithmetic": an error of a + b is no larger than a or b);
// - by at most |1 - w_j|: S + 1 is a float, since 1 is a multiple of the ulp of S. A kernel subtracts the
//   largest logit that it has seen, whose weight is 1. So this is at most max p - min p, which is small if
//   the logits are nearly equal.
// What else a kernel rounds once per row or level, and not per key, is part of the first term, which is 167
// or 3355 times 2^-24: the sums of its lanes and splits, a rescaling to a new maximum, and the few partial
// sums at which an ulp doubles. A bound that grows with sqrt(keys) would need independent roundings. Those of
// one value of w_j are equal, and few keys of few bits have few values.
//
// Derivation of 3/8 D: a sum of D equal terms may be rounded in the same direction by each addition, by up to
// half an ulp. On average an ulp of S is 0.72 x 2^-23 S, and S is half of the total: 0.36 D. Tensor cores of
// sm_80 add eight products at a time. They truncate each product at 2^-24 of the power of two below the
// largest addend, and then truncate the sum in the same way (Fasi, Higham, Mikaitis and Pranesh 2021,
// "Numerical behavior of NVIDIA tensor cores"; later ones keep more bits). Terms of one sign, whose sum grows
// evenly to M, lose half of that unit on average, all with the same sign. The power of two below such a sum
// averages 3/8 M at most. That is 9/8 D x 1/2 x 3/8 = 0.21 D.
[[nodiscard]] double lse_bound(Dtype dtype, const Rounding& rounding, const RowTerms& row);

}  // namespace warpgauge
