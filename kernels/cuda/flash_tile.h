// Device code that the fused kernels share: tiles in shared memory, their products, the online softmax of a
// warp.
//
// A warp owns kRowTiles x 16 query rows. Its scores and its part of O are accumulators of mma.m16n8k16
// (kernels/simt/matrix.h): lane = 4 g + t holds rows g and g + 8 of each row tile, columns 2t and 2t + 1 of
// every 8.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/simt/simt.h"

namespace warpgauge::flash {

inline constexpr float kLog2E = 1.44269504088896340736f;
inline constexpr float kLn2 = 0.69314718055994530942f;

// A row-major tile [kRows, kDim] of 16-bit elements in shared memory. The 16-byte chunks of each row are
// permuted so that the same column of eight rows lies in different banks. load_matrices and row-wise copies
// then have no bank conflicts.
template <class T, int kRowsOfTile, int kDimOfTile>
struct SharedTile {
  static constexpr int kRows = kRowsOfTile, kDim = kDimOfTile, kElements = kRows * kDim;
  static constexpr int kChunks = kDim / 8;  // 16-byte chunks per row
  static_assert(kDim % 32 == 0);

  T* data;

  SIMT_DEVICE T* chunk(int row, int column) const {
    // Rows of a multiple of 128 bytes start in the same bank. Rows of an odd multiple of 64 bytes start in
    // two banks alternately.
    const int turn = kDim % 64 == 0 ? row & 7 : (row >> 1) & 3;
    return data + row * kDim + ((column ^ turn) << 3);
  }
};

// All kThreads start to copy rows [first_row, first_row + kRows) of `global`, whose rows are `row_stride`
// elements apart. Rows from `rows` on are filled with zeros: memory past the end may hold NaN, which a
// product with zero would propagate.
template <int kThreads, class Tile, class T>
SIMT_DEVICE void copy_tile(const Tile& tile, const T* global, std::int64_t row_stride, int first_row,
                           int rows) {
  constexpr int kRowsAtOnce = kThreads / Tile::kChunks;
  constexpr int kPasses = (Tile::kRows + kRowsAtOnce - 1) / kRowsAtOnce;
  const int row = simt::thread_index() / Tile::kChunks, column = simt::thread_index() % Tile::kChunks;
  SIMT_UNROLL
  for (int pass = 0; pass < kPasses; ++pass) {
    const int at = row + pass * kRowsAtOnce;
    if ((kThreads % Tile::kChunks != 0 && row >= kRowsAtOnce) ||
        (Tile::kRows % kRowsAtOnce != 0 && at >= Tile::kRows))
      continue;
    const T* source = global + (first_row + at) * row_stride + column * 8;
    simt::copy_async_16(tile.chunk(at, column), source, first_row + at < rows ? 16 : 0);
  }
}

// The number of tiles of B that a warp holds in registers at once, so that loads overlap with products.
constexpr int tiles_together(int tiles) {
  return tiles % 8 == 0 ? 8 : tiles % 4 == 0 ? 4 : 2;
}

// s [kRowTiles x 16, keys] = q [kRowTiles x 16 rows from first_row, D] k [keys, D]^T
template <class T, class QueryTile, class KeyTile, int kRowTiles, int kKeyTiles>
SIMT_DEVICE void multiply_queries_keys(const QueryTile& q, int first_row, const KeyTile& k,
                                       float (&s)[kRowTiles][kKeyTiles][4]) {
  const int lane = simt::lane_index();
  SIMT_UNROLL
  for (int m = 0; m < kRowTiles; ++m) {
    SIMT_UNROLL
    for (int n = 0; n < kKeyTiles; ++n) s[m][n][0] = s[m][n][1] = s[m][n][2] = s[m][n][3] = 0.0f;
  }
  SIMT_UNROLL
  for (int d = 0; d < KeyTile::kDim / 16; ++d) {
    std::uint32_t a[kRowTiles][4];
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m)
      simt::load_matrices<false>(a[m], q.chunk(first_row + m * 16 + lane % 16, 2 * d + lane / 16));
    constexpr int kTogether = tiles_together(kKeyTiles);
    SIMT_UNROLL
    for (int first = 0; first < kKeyTiles; first += kTogether) {
      std::uint32_t b[kTogether][2];
      SIMT_UNROLL
      for (int n = 0; n < kTogether; n += 2) {
        // Four matrices: keys 0..7 and 8..15 of the pair, each for the lower and the upper half of K = 16.
        std::uint32_t pair[4];
        const int key = (first + n) * 8 + lane / 16 * 8 + lane % 8;
        simt::load_matrices<false>(pair, k.chunk(key, 2 * d + lane / 8 % 2));
        b[n][0] = pair[0], b[n][1] = pair[1];
        b[n + 1][0] = pair[2], b[n + 1][1] = pair[3];
      }
      simt::multiply_tile<T>(s, first, a, b);
    }
  }
}

// o [kRowTiles x 16, D] += p [kRowTiles x 16, keys] v [keys, D]. p is rounded to T in registers: two
// neighbouring accumulators of scores form the A fragment of 16 keys.
template <class T, class ValueTile, int kRowTiles, int kKeyTiles, int kDimTiles>
SIMT_DEVICE void multiply_weights_values(const float (&p)[kRowTiles][kKeyTiles][4], const ValueTile& v,
                                         float (&o)[kRowTiles][kDimTiles][4]) {
  const int lane = simt::lane_index();
  SIMT_UNROLL
  for (int j = 0; j < kKeyTiles / 2; ++j) {
    std::uint32_t a[kRowTiles][4];
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      a[m][0] = simt::pack<T>(p[m][2 * j][0], p[m][2 * j][1]);
      a[m][1] = simt::pack<T>(p[m][2 * j][2], p[m][2 * j][3]);
      a[m][2] = simt::pack<T>(p[m][2 * j + 1][0], p[m][2 * j + 1][1]);
      a[m][3] = simt::pack<T>(p[m][2 * j + 1][2], p[m][2 * j + 1][3]);
    }
    constexpr int kTogether = tiles_together(kDimTiles);
    SIMT_UNROLL
    for (int first = 0; first < kDimTiles; first += kTogether) {
      std::uint32_t b[kTogether][2];
      SIMT_UNROLL
      for (int n = 0; n < kTogether; n += 2) {
        std::uint32_t pair[4];
        simt::load_matrices<true>(pair, v.chunk(j * 16 + lane % 16, first + n + lane / 16));
        b[n][0] = pair[0], b[n][1] = pair[1];
        b[n + 1][0] = pair[2], b[n + 1][1] = pair[3];
      }
      simt::multiply_tile<T>(o, first, a, b);
    }
  }
}

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

  SIMT_DEVICE void start() {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      largest[m][0] = largest[m][1] = -INFINITY;
      sum[m][0] = sum[m][1] = 0.0f;
    }
  }

  // Replaces scores s by weights 2^((s - maximum) scale_log2), and rescales o to the new maximum.
  template <int kKeyTiles, int kDimTiles>
  SIMT_DEVICE void update(float (&s)[kRowTiles][kKeyTiles][4], float (&o)[kRowTiles][kDimTiles][4],
                          float scale_log2) {
    float before[kRowTiles][2], base[kRowTiles][2], largest_base = 0.0f;
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        float peak = -INFINITY;
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n)
          peak = fmaxf(peak, fmaxf(s[m][n][2 * half], s[m][n][2 * half + 1]));
        peak = fmaxf(peak, simt::shuffle_xor(peak, 1));
        peak = fmaxf(peak, simt::shuffle_xor(peak, 2));
        before[m][half] = largest[m][half];
        largest[m][half] = fmaxf(largest[m][half], peak);
        base[m][half] = base_of(largest[m][half], scale_log2);
        largest_base = fmaxf(largest_base, fabsf(base[m][half]));
      }
    }
    if (is_huge(largest_base)) subtract_maxima(s, before, base);
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        const float rescale = simt::exp2_approx(scaled(before[m][half], scale_log2) - base[m][half]);
        float added = 0.0f;
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n) {
          SIMT_UNROLL
          for (int e = 2 * half; e < 2 * half + 2; ++e) {
            s[m][n][e] = simt::exp2_approx(fmaf(s[m][n][e], scale_log2, -base[m][half]));
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
  SIMT_DEVICE void subtract_maxima(float (&s)[kRowTiles][kKeyTiles][4], float (&before)[kRowTiles][2],
                                   float (&base)[kRowTiles][2]) const {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        if (!is_huge(base[m][half])) continue;
        base[m][half] = 0.0f;
        before[m][half] -= largest[m][half];
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

// Writes a warp's rows of O to global memory, through the same rows of a shared tile, so that stores are
// coalesced in 16-byte chunks. Skips rows from `rows` on.
template <class T, class Tile, int kRowTiles, int kDimTiles>
SIMT_DEVICE void store_rows(const float (&o)[kRowTiles][kDimTiles][4], const Tile& tile, int first_row,
                            T* global, std::int64_t row_stride, int rows) {
  const int lane = simt::lane_index(), g = lane / 4, t = lane % 4;
  SIMT_UNROLL
  for (int m = 0; m < kRowTiles; ++m) {
    SIMT_UNROLL
    for (int n = 0; n < kDimTiles; ++n) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        const std::uint32_t packed = simt::pack<T>(o[m][n][2 * half], o[m][n][2 * half + 1]);
        simt::store_words<1>(tile.chunk(first_row + m * 16 + half * 8 + g, n) + 2 * t, {packed});
      }
    }
  }
  simt::syncwarp();
  SIMT_UNROLL
  for (int i = lane; i < kRowTiles * 16 * Tile::kChunks; i += simt::kWarpSize) {
    const int row = i / Tile::kChunks, column = i % Tile::kChunks;
    if (first_row + row < rows)
      simt::store_words<4>(global + (first_row + row) * row_stride + column * 8,
                           simt::load_words<4>(tile.chunk(first_row + row, column)));
  }
}

}  // namespace warpgauge::flash
