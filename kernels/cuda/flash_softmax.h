// The online softmax of a warp, on accumulators of mma.m16n8k16 (flash_tile.h): lane = 4 g + t holds rows g
// and g + 8 of each row tile, columns 2t and 2t + 1 of every 8.
#pragma once

#include <cmath>

#include "kernels/simt/simt.h"

namespace warpgauge::flash {

inline constexpr float kLn2 = 0.69314718055994530942f;

// The weight of a score s in a row with the maximum m is 2^fma(s, scale_log2, -base), base = m scale_log2,
// one instruction per score. base is rounded, by up to half an ulp, and this error of the exponent is common
// to all weights of the row: the division by their sum removes it. Beyond kLargestBase the error is larger
// than 2^-8. At 2^28 it moves the largest weight out of the range of f16, and at 2^31 out of that of f32: the
// weights would be 0 or infinite. Rows with such logits subtract the maximum before they scale.
inline constexpr float kLargestBase = 0x1p16f;

SIMT_DEVICE bool is_huge(float base) {
  return fabsf(base) > kLargestBase;
}

// score * scale_log2, rounded. Not fused with a subtraction: all tiles of a row must use the same base.
SIMT_DEVICE float scaled(float score, float scale_log2) {
#if defined(__CUDACC__)
  return __fmul_rn(score, scale_log2);
#else
  return std::fma(score, scale_log2, -0.0f);
#endif
}

// A row that has seen no key yet subtracts 0: -inf - (-inf) would be NaN.
SIMT_DEVICE float base_of(float largest, float scale_log2) {
  return largest == -INFINITY ? 0.0f : scaled(largest, scale_log2);
}

// The exponent of the factor that makes weights with the maximum `before` relative to the maximum `now`.
SIMT_DEVICE float rescaling_exponent(float before, float now, float scale_log2) {
  const float base = base_of(now, scale_log2);
  return is_huge(base) ? scaled(before - now, scale_log2) : scaled(before, scale_log2) - base;
}

// The maximum in base e, for the LSE.
SIMT_DEVICE float largest_logit(float largest, float scale_log2) {
  return scaled(largest, scale_log2) * kLn2;
}

// Running maximum and sum of a lane's rows. The maximum is of the scores, not scaled, and equal in the four
// lanes of a row. The sum is a partial sum per lane until finish() adds the four.
template <int kRowTiles>
struct OnlineSoftmax {
  float largest[kRowTiles][2];
  float sum[kRowTiles][2];

  // A change of the maxima.
  struct Change {
    float before[kRowTiles][2];  // the earlier maxima
    float base[kRowTiles][2];    // of the new maxima

    SIMT_DEVICE bool huge() const {
      bool any = false;
      SIMT_UNROLL
      for (int m = 0; m < kRowTiles; ++m) any = any | is_huge(base[m][0]) | is_huge(base[m][1]);
      return any;
    }
  };

  SIMT_DEVICE void start() {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      largest[m][0] = largest[m][1] = -INFINITY;
      sum[m][0] = sum[m][1] = 0.0f;
    }
  }

  // Includes scores s in the maxima. Without kMasked each row has a score that is not -inf.
  template <bool kMasked, int kKeyTiles>
  SIMT_DEVICE Change raise_maxima(const float (&s)[kRowTiles][kKeyTiles][4], float scale_log2) {
    Change change;
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        float peak = change.before[m][half] = largest[m][half];
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n)
          peak = fmaxf(fmaxf(peak, s[m][n][2 * half]), s[m][n][2 * half + 1]);
        peak = fmaxf(peak, simt::shuffle_xor(peak, 1));
        peak = fmaxf(peak, simt::shuffle_xor(peak, 2));
        largest[m][half] = peak;
        change.base[m][half] = kMasked ? base_of(peak, scale_log2) : scaled(peak, scale_log2);
      }
    }
    return change;
  }

  // Replaces scores s by weights 2^(s scale_log2 - base), and rescales o and the sums to the new maxima.
  template <int kKeyTiles, int kDimTiles>
  SIMT_DEVICE void weigh(float (&s)[kRowTiles][kKeyTiles][4], float (&o)[kRowTiles][kDimTiles][4],
                         const Change& change, float scale_log2) {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        const float base = change.base[m][half];
        const float rescale = simt::exp2_approx(scaled(change.before[m][half], scale_log2) - base);
        float added = -0.0f;  // compilers drop an addition to -0, but not to 0
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n) {
          SIMT_UNROLL
          for (int e = 2 * half; e < 2 * half + 2; ++e) {
            s[m][n][e] = simt::exp2_approx(fmaf(s[m][n][e], scale_log2, -base));
            added += s[m][n][e];
          }
        }
        SIMT_UNROLL
        for (int n = 0; n < kDimTiles; ++n) {
          o[m][n][2 * half] *= rescale;
          o[m][n][2 * half + 1] *= rescale;
        }
        sum[m][half] = sum[m][half] * rescale + added;
      }
    }
  }

  // Makes scores and earlier maxima of rows with huge logits relative to the maximum, whose base is then 0.
  template <int kKeyTiles>
  SIMT_DEVICE void subtract_maxima(float (&s)[kRowTiles][kKeyTiles][4], Change& change) const {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        if (!is_huge(change.base[m][half])) continue;
        change.base[m][half] = 0.0f;
        change.before[m][half] -= largest[m][half];
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n) {
          s[m][n][2 * half] -= largest[m][half];
          s[m][n][2 * half + 1] -= largest[m][half];
        }
      }
    }
  }

  // Adds the row sums over the lanes of each row, and divides o by them. A row without keys gives zeros.
  template <int kDimTiles>
  SIMT_DEVICE void finish(float (&o)[kRowTiles][kDimTiles][4]) {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        float total = sum[m][half];
        total += simt::shuffle_xor(total, 1);
        total += simt::shuffle_xor(total, 2);
        sum[m][half] = total;
        const float inverse = total == 0.0f ? 0.0f : 1.0f / total;
        SIMT_UNROLL
        for (int n = 0; n < kDimTiles; ++n) {
          o[m][n][2 * half] *= inverse;
          o[m][n][2 * half + 1] *= inverse;
        }
      }
    }
  }

  // The LSE of a row, valid after finish(); -inf for a row without keys.
  SIMT_DEVICE float log_sum_exp(int m, int half, float scale_log2) const {
    return sum[m][half] == 0.0f ? -INFINITY
                                : largest_logit(largest[m][half], scale_log2) + logf(sum[m][half]);
  }
};

}  // namespace warpgauge::flash
