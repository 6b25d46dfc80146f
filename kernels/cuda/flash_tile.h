// Device code that the fused kernels share: tiles in shared memory, copies to them, and their products.
//
// A warp owns kRowTiles x 16 query rows. Its scores and its part of O are accumulators of mma.m16n8k16
// (kernels/simt/matrix.h): lane = 4 g + t holds rows g and g + 8 of each row tile, columns 2t and 2t + 1 of
// every 8.
//
// No address is computed in a loop over tiles. A thread computes pointers before the loop (FragmentRows,
// TileCopy). All other addresses differ from them by constants, which the instructions hold.
#pragma once

#include <cstdint>

#include "kernels/simt/simt.h"

namespace warpgauge::flash {

// A row-major tile [kRows, kDim] of 16-bit elements in shared memory. The 16-byte chunks of each row are
// permuted so that the same column of eight rows lies in different banks. load_matrices and row-wise copies
// then have no bank conflicts.
template <class Element, int kRowsOfTile, int kDimOfTile>
struct SharedTile {
  using T = Element;
  static constexpr int kRows = kRowsOfTile, kDim = kDimOfTile, kElements = kRows * kDim;
  static constexpr int kChunks = kDim / 8;  // 16-byte chunks per row
  // Rows of a multiple of 128 bytes start in the same bank. Rows of an odd multiple of 64 bytes start in two
  // banks alternately.
  static constexpr int kTurns = kDim % 64 == 0 ? 8 : 4;
  static_assert(kDim % 32 == 0);

  T* data;

  // The permutation is the same for rows that are a multiple of 8 apart. It keeps groups of kTurns chunks.
  SIMT_DEVICE T* chunk(int row, int column) const {
    const int turn = kTurns == 8 ? row & 7 : (row >> 1) & 3;
    return data + row * kDim + ((column ^ turn) << 3);
  }
};

// The rows of a tile whose addresses a lane passes to load_matrices.
template <class Tile>
struct FragmentRows {
  using T = typename Tile::T;
  static constexpr int kPairs = Tile::kTurns / 2;  // of chunks, in a group that the permutation keeps
  const T* pair[kPairs];

  SIMT_DEVICE FragmentRows(const Tile& tile, int row, int column) {
    SIMT_UNROLL
    for (int i = 0; i < kPairs; ++i) pair[i] = tile.chunk(row, column + 2 * i);
  }

  // The chunk that is `rows` rows (a multiple of 8) and `columns` chunks (a multiple of 2) further.
  SIMT_DEVICE const T* chunk(int rows, int columns) const {
    return pair[columns / 2 % kPairs] + rows * Tile::kDim + columns / Tile::kTurns * Tile::kTurns * 8;
  }
};

// Q as A: rows 0..15 of a row tile in the lower, then in the upper half of K = 16. V as B, transposed: keys
// 0..15, then the next 8 columns.
template <class Tile>
SIMT_DEVICE FragmentRows<Tile> sixteen_rows(const Tile& tile, int first_row) {
  const int lane = simt::lane_index();
  return {tile, first_row + lane % 16, lane / 16};
}

// K as B: keys 0..7 in the lower and the upper half of K = 16, then keys 8..15.
template <class Tile>
SIMT_DEVICE FragmentRows<Tile> key_rows(const Tile& tile) {
  const int lane = simt::lane_index();
  return {tile, lane / 16 * 8 + lane % 8, lane / 8 % 2};
}

// The largest row stride for TileCopy::start_all(), in elements: its offsets have 32 bits.
inline constexpr std::int64_t kMaxNearStride = std::int64_t{1} << 23;

// A thread's part of the copies of kThreads threads from consecutive rows of global memory to a tile.
template <int kThreads, class Tile>
class TileCopy {
  using T = typename Tile::T;
  static constexpr int kThreadsPerRow = Tile::kChunks % 16 == 0 ? 16 : Tile::kChunks % 8 == 0 ? 8 : 4;
  static constexpr int kRowsAtOnce = kThreads / kThreadsPerRow;
  static constexpr int kChunkBytes = 16;
  static_assert(kRowsAtOnce % 8 == 0 && kThreadsPerRow >= Tile::kTurns);  // all targets permute alike
  static_assert(Tile::kRows % kRowsAtOnce == 0);
  static_assert(Tile::kRows * kMaxNearStride * sizeof(T) <= std::int64_t{1} << 31);

 public:
  // Row 0 of the tile is row `first_row` of `global`, whose rows are `row_stride` elements apart.
  SIMT_DEVICE TileCopy(const Tile& tile, const T* global, std::int64_t row_stride, int first_row)
      : target_(tile.chunk(thread_row(), thread_chunk())),
        source_(global + first_row * row_stride),
        offset_(bytes(thread_row(), thread_chunk(), row_stride)),
        row_stride_(row_stride) {}

  // Starts to copy the first `rows` rows, and fills the others with zeros: memory past the end may hold NaN,
  // which a product with zero would propagate.
  SIMT_DEVICE void start(int rows) const {
    for_each_chunk([&](int row, int chunk) {
      const T* source = source_ + (thread_row() + row) * row_stride_ + (thread_chunk() + chunk) * 8;
      simt::copy_async_16(target_ + row * Tile::kDim + chunk * 8, source,
                          thread_row() + row < rows ? kChunkBytes : 0);
    });
  }

  // The same for all rows, with row strides of 0 to kMaxNearStride. 32-bit offsets from the tile's address,
  // which is the same for all threads, take half of the registers and instructions of 64-bit addresses.
  SIMT_DEVICE void start_all() const {
    for_each_chunk([&](int row, int chunk) {
      const auto* source = reinterpret_cast<const char*>(source_) + chunk * kChunkBytes;
      simt::copy_async_16(target_ + row * Tile::kDim + chunk * 8,
                          source + (offset_ + bytes(row, 0, row_stride_)), kChunkBytes);
    });
  }

  // Moves the source to the tile before.
  SIMT_DEVICE void step_back() { source_ -= Tile::kRows * row_stride_; }

 private:
  SIMT_DEVICE static int thread_row() { return simt::thread_index() / kThreadsPerRow; }
  SIMT_DEVICE static int thread_chunk() { return simt::thread_index() % kThreadsPerRow; }
  SIMT_DEVICE static std::uint32_t bytes(int rows, int chunks, std::int64_t row_stride) {
    const auto row_bytes = static_cast<std::uint32_t>(row_stride * static_cast<std::int64_t>(sizeof(T)));
    return static_cast<std::uint32_t>(rows) * row_bytes + static_cast<std::uint32_t>(chunks * kChunkBytes);
  }

  template <class Copy>
  SIMT_DEVICE static void for_each_chunk(Copy copy) {
    SIMT_UNROLL
    for (int row = 0; row < Tile::kRows; row += kRowsAtOnce) {
      SIMT_UNROLL
      for (int chunk = 0; chunk < Tile::kChunks; chunk += kThreadsPerRow) copy(row, chunk);
    }
  }

  T* target_;
  const T* source_;
  std::uint32_t offset_;
  std::int64_t row_stride_;
};

// The number of tiles of B that a warp holds in registers at once, so that loads overlap with products.
constexpr int tiles_together(int tiles) {
  return tiles % 8 == 0 ? 8 : tiles % 4 == 0 ? 4 : 2;
}

// s [kRowTiles x 16, keys] = q [kRowTiles x 16, D] k [keys, D]^T
template <class QueryTile, class KeyTile, int kRowTiles, int kKeyTiles>
SIMT_DEVICE void multiply_queries_keys(const FragmentRows<QueryTile>& q, const FragmentRows<KeyTile>& k,
                                       float (&s)[kRowTiles][kKeyTiles][4]) {
  SIMT_UNROLL
  for (int m = 0; m < kRowTiles; ++m) {
    SIMT_UNROLL
    for (int n = 0; n < kKeyTiles; ++n) s[m][n][0] = s[m][n][1] = s[m][n][2] = s[m][n][3] = 0.0f;
  }
  SIMT_UNROLL
  for (int d = 0; d < KeyTile::kDim / 16; ++d) {
    std::uint32_t a[kRowTiles][4];
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) simt::load_matrices<false>(a[m], q.chunk(m * 16, 2 * d));
    constexpr int kTogether = tiles_together(kKeyTiles);
    SIMT_UNROLL
    for (int first = 0; first < kKeyTiles; first += kTogether) {
      std::uint32_t b[kTogether][2];
      SIMT_UNROLL
      for (int n = 0; n < kTogether; n += 2) {
        std::uint32_t pair[4];
        simt::load_matrices<false>(pair, k.chunk((first + n) * 8, 2 * d));
        b[n][0] = pair[0], b[n][1] = pair[1];
        b[n + 1][0] = pair[2], b[n + 1][1] = pair[3];
      }
      simt::multiply_tile<typename KeyTile::T>(s, first, a, b);
    }
  }
}

// o [kRowTiles x 16, D] += p [kRowTiles x 16, keys] v [keys, D]. p is rounded to T in registers: two
// neighbouring accumulators of scores form the A fragment of 16 keys.
template <class ValueTile, int kRowTiles, int kKeyTiles, int kDimTiles>
SIMT_DEVICE void multiply_weights_values(const float (&p)[kRowTiles][kKeyTiles][4],
                                         const FragmentRows<ValueTile>& v,
                                         float (&o)[kRowTiles][kDimTiles][4]) {
  using T = typename ValueTile::T;
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
        simt::load_matrices<true>(pair, v.chunk(j * 16, first + n));
        b[n][0] = pair[0], b[n][1] = pair[1];
        b[n + 1][0] = pair[2], b[n + 1][1] = pair[3];
      }
      simt::multiply_tile<T>(o, first, a, b);
    }
  }
}

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
