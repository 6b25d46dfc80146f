// Error bounds of a right kernel, one per row, from the terms of that row. A fixed absolute tolerance does
// not work: at S = 16k outputs have a standard deviation of 0.013, and a kernel that drops keys passes 1e-2.
#pragma once

#include <cstdint>

#include "kernels/attention.h"

namespace warpgauge {

// Distance between neighbouring values of the type at |value|.
[[nodiscard]] double ulp(Dtype dtype, double value);

inline constexpr double kF32Roundoff = 0x1p-24;  // unit_roundoff(Dtype::f32): of sums and logits

// The terms of a row's bound; see Reference (oracle.h).
struct RowTerms {
  std::int64_t keys = 0;  // visible ones
  std::int64_t head_dim = 0;
  double largest_output = 0;
  double low_error = 0;
  double spread = 0;
  double mass = 0;
  double logit_mass = 0;
};

// Bound on max over d of |O - ref|, ref rounded to the output type:
//
//   2 low_error + ulp(largest_output) + 3 (u + e) spread + sqrt(keys) 2^-24 mass,
//   e = 2^-24 (4 + sqrt(D) logit_mass)
//
// - 2 low_error + ulp: twice the error of an unfused computation in the same precision, and the rounding of
//   the result.
// - 3 (u + e) spread: 16-bit types round P (u = unit_roundoff(dtype); 0 for f32). Logits are f32 sums of D
// terms (e).
//   Both change the weights independently of each other. The error of a rounding is at most u and has a
//   standard deviation of 0.42 u (logarithmically distributed fractions), so that 3 u spread is 7 standard
//   deviations. Up to 9 keys it is a strict bound, by the inequality of Cauchy and Schwarz. This term holds
//   even if low_error happens to be small.
// - sqrt(keys) 2^-24 mass: f32 accumulation in any order, a random walk with one step per key.
[[nodiscard]] double output_bound(Dtype dtype, const RowTerms& row);

// O is a mean of the visible values of V, whatever the logits are. This is how far it may be from the range
// of one column, whose largest magnitude is `magnitude`:
//
//   magnitude (u + 2^-24 (8 + keys / 2) + absorbed) + ulp(magnitude)
//
// - u: the weights are rounded, their sum is that of the exact ones;
// - 2^-24 (8 + keys / 2): two f32 sums of equal terms, half an ulp per key, and the division;
// - absorbed: weights that a sum may lose (see lse_bound);
// - ulp: the rounding of the result.
//
// The range bounds O where the bound above does not, because it grows with the logits.
[[nodiscard]] double range_slack(Dtype dtype, std::int64_t keys, double absorbed, double magnitude);

// Bound on |O - 1| if Q = 0 and V = 1. All terms are equal, so f32 may round each partial sum in the same
// direction: half an ulp per key, in addition to the terms above.
[[nodiscard]] double counting_bound(Dtype dtype, std::int64_t keys);

// A term smaller than this fraction of an f32 sum may not change the sum: half the spacing of floats.
inline constexpr double kAbsorbed = kF32Roundoff;

// Bound on |LSE - ref|, the sum of
//
// - 1e-5 (f32) or 2e-4 (16 bits);
// - the error of the largest logit, an f32 sum of D terms: r 2^-24 logit_mass, r = max(16, 3/8 D);
// - `absorbed`, the sum of the weights below kAbsorbed. A running f32 sum may lose all of them. All losses
//   have the same sign.
//
// Derivation of 3/8 D: a sum of D equal terms may be rounded in the same direction by each addition, by up
// to half an ulp. On average an ulp of S is 0.72 x 2^-23 S, and S is half of the total: 0.36 D. Tensor cores
// of sm_80 add eight products at a time. They truncate each product at 2^-24 of the power of two below the
// largest addend, and then truncate the sum in the same way (Fasi, Higham, Mikaitis and Pranesh 2021,
// "Numerical behavior of NVIDIA tensor cores"; later ones keep more bits). Terms of one sign, whose sum
// grows evenly to M, lose half of that unit on average, all with the same sign. The power of two below such
// a sum averages 3/8 M at most. That is 9/8 D x 1/2 x 3/8 = 0.21 D.
[[nodiscard]] double lse_bound(Dtype dtype, std::int64_t head_dim, double logit_mass, double absorbed);

}  // namespace warpgauge
