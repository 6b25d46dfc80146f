// How far a right kernel may be from the oracle: an error budget per row, from that row's own terms. A fixed
// absolute tolerance is no check: at S = 16k outputs have a deviation of 0.013, and 1e-2 lets a kernel drop
// keys.
#pragma once

#include <cstdint>

#include "kernels/attention.h"

namespace warpgauge {

// Distance between neighbouring values of the type at |value|.
double ulp(Dtype dtype, double value);

// What a row's budget is made of; see Reference.
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
// - twice the error that an unfused computation of the same precision makes, and the rounding of the result;
// - the rounding of P (u = 2^-9 for bf16, 2^-11 for f16, none for f32) and of the logits, f32 sums of D
//   terms (e), which move the weights independently of each other: three deviations of the sum, and it needs
//   no luck of the low twin's;
// - f32 accumulation in any order: the deviation of a random walk of as many steps as there are keys.
double output_bound(Dtype dtype, const RowTerms& row);

// Bound on |O - 1| where Q = 0 and V = 1. All terms are equal, so that f32 may round each partial sum the
// same way: half an ulp a key, beside the terms above.
double counting_bound(Dtype dtype, std::int64_t keys);

// A term that is smaller than this share of an f32 sum may leave it as it was: half of the spacing of floats.
inline constexpr double kAbsorbed = 0x1p-24;

// Bound on |LSE - ref|, the sum of
//
// - 1e-5 (f32) or 2e-4 (16 bits);
// - the error of the largest logit, an f32 sum of D terms: r 2^-24 logit_mass with r = 16 up to D = 64, and
//   above that 2 sqrt(D) for f32, D/4 for 16 bits, which tensor cores may add;
// - `absorbed`, the sum of the weights below kAbsorbed, all of which a running sum in f32 may lose: no random
//   walk, they are all lost to the same side.
//
// Of D/4: those of sm_80 take eight products at a time, and cut each of them off at 2^-24 of the power of two
// below the largest addend, and the sum of them all once more (Fasi, Higham, Mikaitis and Pranesh 2021,
// "Numerical behavior of NVIDIA tensor cores"; later ones keep more). Terms of one sign, whose sum grows
// evenly to M, lose half of that on average, to the same side; the power of two below such a sum averages 3/8
// M at most. That is 9/8 D x 1/2 x 3/8 = 0.21 D.
double lse_bound(Dtype dtype, std::int64_t head_dim, double logit_mass, double absorbed);

}  // namespace warpgauge
