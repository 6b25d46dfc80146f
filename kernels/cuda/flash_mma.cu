// flash_mma: fused attention forward on tensor cores, after FlashAttention-2 (Dao 2023). sm_80 and later, f16
// and bf16. S and O are f32, P is rounded to the input type, exponentials are computed by ex2.approx.
//
// A block computes kQueryRows queries of one head, each warp a share of the rows. It iterates over the tiles
// of keys from the last visible one to the first. Q stays in shared memory; K and V have one buffer each.
// K(n - 1) is copied during softmax and P V(n), and V(n - 1) during Q K(n - 1)^T. Tiles that a query of the
// block does not see wholly come first, in a loop of their own: the loop over the other tiles has no mask.
#include <algorithm>
#include <numbers>

#include "kernels/cuda/flash_softmax.h"
#include "kernels/cuda/flash_tile.h"
#include "kernels/simt/attention_launch.h"

namespace warpgauge {
namespace {

template <class T>
struct Operands {
  const T* q;  // [B, H, Sq, D]
  const T* k;  // [B, Hkv, Sk, D]
  const T* v;  // [B, Hkv, Sk, D]
  T* o;        // [B, H, Sq, D]
  float* lse;  // [B, H, Sq]
  Strides q_strides, k_strides, v_strides, o_strides;
  int seq_q, seq_k;
  int group;  // query heads per key/value head
  bool causal;
  bool near_rows;    // K and V have row strides for TileCopy::start_all()
  float scale_log2;  // scale * log2(e): logits in base 2
};

template <class Element, int kDim, int kQueryRowsOfBlock, int kKeyRowsOfTile, int kWarps = 4>
struct Shape {
  using T = Element;
  static constexpr int kQueryRows = kQueryRowsOfBlock;  // per block
  static constexpr int kKeyRows = kKeyRowsOfTile;       // per tile of K and V
  static constexpr int kThreads = kWarps * simt::kWarpSize;
  static constexpr int kWarpRows = kQueryRows / kWarps;
  static constexpr int kRowTiles = kWarpRows / 16, kKeyTiles = kKeyRows / 8, kDimTiles = kDim / 8;
  using QueryTile = flash::SharedTile<T, kQueryRows, kDim>;
  using KeyTile = flash::SharedTile<T, kKeyRows, kDim>;
  static constexpr std::size_t kSharedBytes = sizeof(T) * (QueryTile::kElements + 2 * KeyTile::kElements);
};

// The block's first query.
struct Place {
  int batch, head, first_row;
};

template <class Shape>
SIMT_DEVICE Place place_of(const Operands<typename Shape::T>& p) {
  const simt::Dim3 block = simt::block_index();
  // Causal: blocks at the end of Q see the most keys, so they are launched first.
  return {block.z, block.y, (p.causal ? simt::grid_size().x - 1 - block.x : block.x) * Shape::kQueryRows};
}

// Writes LSE from registers, and O through the warp's own rows of the Q tile. No other warp reads these rows,
// and the warp's own last reads of them precede the last barrier.
template <class Shape, int kRowTiles, int kDimTiles>
SIMT_DEVICE void store_results(const Operands<typename Shape::T>& p, const typename Shape::QueryTile& q_tile,
                               const flash::OnlineSoftmax<kRowTiles>& softmax,
                               const float (&o)[kRowTiles][kDimTiles][4]) {
  const Place place = place_of<Shape>(p);
  const int lane = simt::lane_index(), warp_row = simt::warp_index() * Shape::kWarpRows;
  float* lse = p.lse + (static_cast<std::int64_t>(place.batch) * simt::grid_size().y + place.head) * p.seq_q;
  SIMT_UNROLL
  for (int m = 0; m < kRowTiles; ++m) {
    SIMT_UNROLL
    for (int half = 0; half < 2; ++half) {
      const int row = place.first_row + warp_row + m * 16 + half * 8 + lane / 4;
      if (lane % 4 == 0 && row < p.seq_q) lse[row] = softmax.log_sum_exp(m, half, p.scale_log2);
    }
  }
  typename Shape::T* rows = p.o + place.batch * p.o_strides.batch + place.head * p.o_strides.head +
                            place.first_row * p.o_strides.row;
  flash::store_rows(o, q_tile, warp_row, rows, p.o_strides.row, p.seq_q - place.first_row);
}

// Hides no score: all queries of the block see all keys of the tile.
struct Unmasked {
  static constexpr bool kMasked = false;
  template <int kRowTiles, int kKeyTiles>
  SIMT_DEVICE void apply(float (&)[kRowTiles][kKeyTiles][4], int) const {}
};

// Sets scores of keys to -inf that a query does not see: behind the diagonal or past the end of K.
template <int kRowTiles>
struct Masked {
  static constexpr bool kMasked = true;
  int keys_end[kRowTiles][2];  // of the lane's rows, minus the lane's first column

  // Query i sees keys up to i + visible_from.
  SIMT_DEVICE Masked(int first_row, int seq_k, int visible_from) {
    const int lane = simt::lane_index(), g = lane / 4, t = lane % 4;
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        const int row = first_row + m * 16 + half * 8 + g;
        keys_end[m][half] = std::min(seq_k, row + visible_from + 1) - 2 * t;
      }
    }
  }

  template <int kKeyTiles>
  SIMT_DEVICE void apply(float (&s)[kRowTiles][kKeyTiles][4], int first_key) const {
    SIMT_UNROLL
    for (int m = 0; m < kRowTiles; ++m) {
      SIMT_UNROLL
      for (int half = 0; half < 2; ++half) {
        const int end = keys_end[m][half] - first_key;
        SIMT_UNROLL
        for (int n = 0; n < kKeyTiles; ++n) {
          SIMT_UNROLL
          for (int e = 0; e < 2; ++e)
            if (n * 8 + e >= end) s[m][n][2 * half + e] = -INFINITY;
        }
      }
    }
  }
};

// What a warp keeps over the tiles of keys.
template <class Shape>
struct Stream {
  using KeyCopy = flash::TileCopy<Shape::kThreads, typename Shape::KeyTile>;
  using Softmax = flash::OnlineSoftmax<Shape::kRowTiles>;
  using Scores = float[Shape::kRowTiles][Shape::kKeyTiles][4];

  flash::FragmentRows<typename Shape::QueryTile> q_rows;
  flash::FragmentRows<typename Shape::KeyTile> k_rows, v_rows;
  KeyCopy k_copy, v_copy;
  float scale_log2;
  Softmax softmax;
  float o[Shape::kRowTiles][Shape::kDimTiles][4];

  // Computes the scores of tile n, whose keys are in shared memory. Starts to copy K(n - 1).
  template <bool kNearRows>
  SIMT_DEVICE void multiply_keys(int n, Scores& s) {
    flash::multiply_queries_keys(q_rows, k_rows, s);
    simt::copy_async_wait<0>();  // V(n)
    simt::syncthreads();         // makes it visible; the last reads of K(n) precede it
    if (n > 0) copy_tile_before<kNearRows>(k_copy);
  }

  // Adds the values of tile n, with weights s, to O. Starts to copy V(n - 1).
  template <bool kNearRows>
  SIMT_DEVICE void multiply_values(int n, const Scores& s) {
    flash::multiply_weights_values(s, v_rows, o);
    if (n == 0) return;
    simt::copy_async_wait<0>();  // K(n - 1)
    simt::syncthreads();         // makes it visible; the last reads of V(n) precede it
    copy_tile_before<kNearRows>(v_copy);
  }

  template <bool kNearRows>
  SIMT_DEVICE void copy_tile_before(KeyCopy& copy) {
    copy.step_back();
    if constexpr (kNearRows)
      copy.start_all();
    else
      copy.start(Shape::kKeyRows);
    simt::copy_async_commit();
  }

  // Adds tiles n, n - 1, ..., last, of near rows. If the warp has huge logits, returns false before the
  // weights of tile n. All lanes return then, because the matrix instructions need the whole warp.
  template <class Mask>
  SIMT_DEVICE bool add_tiles(const Mask& mask, int& n, int last, Scores& s,
                             typename Softmax::Change& change) {
    for (; n >= last; --n) {
      multiply_keys<true>(n, s);
      mask.apply(s, n * Shape::kKeyRows);
      change = softmax.template raise_maxima<Mask::kMasked>(s, scale_log2);
      if (simt::any(change.huge())) return false;
      softmax.weigh(s, o, change, scale_log2);
      multiply_values<true>(n, s);
    }
    return true;
  }

  // Adds tiles n, n - 1, ..., 0 of any kind; more slowly. `s` and `change` are those of tile n if it has
  // `begun`.
  template <class Mask>
  SIMT_DEVICE void add_any_tiles(const Mask& mask, int n, bool begun, Scores& s,
                                 typename Softmax::Change& change) {
    for (; n >= 0; --n, begun = false) {
      if (!begun) {
        multiply_keys<false>(n, s);
        mask.apply(s, n * Shape::kKeyRows);
        change = softmax.template raise_maxima<true>(s, scale_log2);
      }
      softmax.subtract_maxima(s, change);
      softmax.weigh(s, o, change, scale_log2);
      multiply_values<false>(n, s);
    }
  }

  // Adds all tiles. The first `whole_tiles` need no mask. Loops of their own keep the common cases free of
  // the instructions, and of the registers, that only the others need.
  template <class Mask>
  SIMT_DEVICE void add_all(const Mask& mask, int tiles, int whole_tiles, bool near_rows) {
    int n = tiles - 1;
    Scores s;
    typename Softmax::Change change;
    const bool stopped =
        near_rows && (!add_tiles(mask, n, whole_tiles, s, change) || !add_tiles(Unmasked{}, n, 0, s, change));
    add_any_tiles(mask, n, stopped, s, change);
  }
};

template <class Shape>
SIMT_KERNEL(Shape::kThreads)
flash_forward(const Operands<typename Shape::T> p) {
  using T = typename Shape::T;
  simt::SharedMemory shared;
  const typename Shape::QueryTile q_tile{shared.array<T>("Q", Shape::QueryTile::kElements)};
  const typename Shape::KeyTile k_tile{shared.array<T>("K", Shape::KeyTile::kElements)};
  const typename Shape::KeyTile v_tile{shared.array<T>("V", Shape::KeyTile::kElements)};

  const Place place = place_of<Shape>(p);
  const int kv_head = place.head / p.group;
  const T* q = p.q + place.batch * p.q_strides.batch + place.head * p.q_strides.head;
  const T* k = p.k + place.batch * p.k_strides.batch + kv_head * p.k_strides.head;
  const T* v = p.v + place.batch * p.v_strides.batch + kv_head * p.v_strides.head;

  // Query i sees keys up to i + diagonal.
  const int diagonal = p.causal ? p.seq_k - p.seq_q : p.seq_k;
  const int rows_end = std::min(place.first_row + Shape::kQueryRows, p.seq_q);
  const int keys_end = std::max(0, std::min(p.seq_k, rows_end + diagonal));
  const int tiles = (keys_end + Shape::kKeyRows - 1) / Shape::kKeyRows;
  const int whole_tiles = std::max(0, std::min(p.seq_k, place.first_row + diagonal + 1)) / Shape::kKeyRows;

  const int warp_row = simt::warp_index() * Shape::kWarpRows, last_key = (tiles - 1) * Shape::kKeyRows;
  Stream<Shape> stream{.q_rows = flash::sixteen_rows(q_tile, warp_row),
                       .k_rows = flash::key_rows(k_tile),
                       .v_rows = flash::sixteen_rows(v_tile, 0),
                       .k_copy = {k_tile, k, p.k_strides.row, last_key},
                       .v_copy = {v_tile, v, p.v_strides.row, last_key},
                       .scale_log2 = p.scale_log2,
                       .softmax = {},
                       .o = {}};
  stream.softmax.start();

  if (tiles > 0) {
    const flash::TileCopy<Shape::kThreads, typename Shape::QueryTile> q_copy{q_tile, q, p.q_strides.row,
                                                                             place.first_row};
    q_copy.start(p.seq_q - place.first_row);
    stream.k_copy.start(p.seq_k - last_key);
    simt::copy_async_commit();
    stream.v_copy.start(p.seq_k - last_key);
    simt::copy_async_commit();
    simt::copy_async_wait<1>();  // Q and the last tile of K
    simt::syncthreads();         // makes them visible
  }
  stream.add_all(Masked<Shape::kRowTiles>{place.first_row + warp_row, p.seq_k, diagonal}, tiles, whole_tiles,
                 p.near_rows);

  stream.softmax.finish(stream.o);
  store_results<Shape>(p, q_tile, stream.softmax, stream.o);
}

bool is_near(std::int64_t row_stride) {
  return row_stride >= 0 && row_stride <= flash::kMaxNearStride;
}

template <class T>
Operands<T> make_operands(const Problem& p, const Tensors& t) {
  return {.q = static_cast<const T*>(t.q),
          .k = static_cast<const T*>(t.k),
          .v = static_cast<const T*>(t.v),
          .o = static_cast<T*>(t.o),
          .lse = t.lse,
          .q_strides = t.q_strides,
          .k_strides = t.k_strides,
          .v_strides = t.v_strides,
          .o_strides = t.o_strides,
          .seq_q = static_cast<int>(p.seq_q),
          .seq_k = static_cast<int>(p.seq_k),
          .group = static_cast<int>(p.heads / p.kv_heads),
          .causal = p.mask == Mask::causal,
          .near_rows = is_near(t.k_strides.row) && is_near(t.v_strides.row),
          .scale_log2 = static_cast<float>(p.scale * std::numbers::log2e)};
}

template <class Shape>
simt::Grid make_grid(const Problem& p) {
  const auto row_blocks = static_cast<int>((p.seq_q + Shape::kQueryRows - 1) / Shape::kQueryRows);
  return {.blocks = {row_blocks, static_cast<int>(p.heads), static_cast<int>(p.batch)},
          .threads = Shape::kThreads,
          .shared_bytes = Shape::kSharedBytes};
}

// Calls visit(Large{}) if a multiprocessor holds `blocks` blocks of it, otherwise visit(Small{}).
template <class Large, class Small, class Visit>
auto with_larger(int blocks, Visit visit) {
  if (simt::blocks_in_shared_memory(Large::kSharedBytes) >= blocks) return visit(Large{});
  return visit(Small{});
}

// Calls visit(Shape{}) for the problem's type and head dimension. README.md has the counts from which the
// tiles are chosen. A multiprocessor must have eight warps, in one block or two, to hide latencies.
template <class T, class Visit>
auto with_head_dim(std::int64_t head_dim, Visit visit) {
  switch (head_dim) {
    case 32:
      return visit(Shape<T, 32, 128, 128>{});
    case 64:
      return visit(Shape<T, 64, 128, 128>{});
    case 96:
      return visit(Shape<T, 96, 128, 64>{});
    case 128:
      return with_larger<Shape<T, 128, 128, 64>, Shape<T, 128, 128, 32>>(2, visit);
    default:
      using TwoBlocks = Shape<T, 256, 64, 64>;
      if (simt::blocks_in_shared_memory(TwoBlocks::kSharedBytes) >= 2) return visit(TwoBlocks{});
      return with_larger<Shape<T, 256, 128, 64, 8>, TwoBlocks>(1, visit);
  }
}

template <class Visit>
auto with_shape(const Problem& p, Visit visit) {
  return p.dtype == Dtype::f16 ? with_head_dim<f16>(p.head_dim, visit)
                               : with_head_dim<bf16>(p.head_dim, visit);
}

std::string supports(const Problem& p, const Tensors& t) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (std::string variant = unsupported_variant(p); !variant.empty()) return variant;
  if (p.dtype == Dtype::f32) return "f16 and bf16 only";
  if (p.head_dim != 32 && p.head_dim != 64 && p.head_dim != 96 && p.head_dim != 128 && p.head_dim != 256)
    return "D must be 32, 64, 96, 128 or 256";
  if (std::string unaligned = unaligned_rows(p, t, simt::kRowAlignment); !unaligned.empty()) return unaligned;
  if (p.scale <= 0) return "scale must be positive";  // the row maximum is taken before scaling
  if (p.seq_q > simt::kMaxSequence || p.seq_k > simt::kMaxSequence) return "S and Sk must be at most 2^29";
  if (p.heads > 65535 || p.batch > 65535) return "H and B must be at most 65535 (grid size limit)";
  return with_shape(p,
                    [](auto shape) { return simt::unsupported_reason(80, decltype(shape)::kSharedBytes); });
}

void launch(const Problem& p, const Tensors& tensors, const Launch& l) {
  const Tensors t = with_meaningful_strides(p, tensors);
  with_shape(p, [&](auto shape) {
    using Shape = decltype(shape);
    simt::launch<flash_forward<Shape>>("flash_mma", make_grid<Shape>(p),
                                       make_operands<typename Shape::T>(p, t), simt::attention_memory(p, t),
                                       l);
  });
}

}  // namespace

extern const Kernel SIMT_SYMBOL(flash_mma){
    .name = "flash_mma",
    .backend = simt::kBackend,
    .summary = "fused FlashAttention-2, mma.m16n8k16; f32 accumulation, P in the input type",
    .deterministic = true,
    .rounding = {.weights = Rounding::Weights::before_division},
    .supports = supports,
    .workspace_bytes = nullptr,
    .launch = launch};

}  // namespace warpgauge
