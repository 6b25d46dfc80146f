// flash_mma: fused attention forward on tensor cores, after FlashAttention-2 (Dao 2023). sm_80 and later, f16
// and bf16. S and O are f32, P is rounded to the input type, exponentials are computed by ex2.approx.
//
// A block computes kQueryRows queries of one head, each warp a share of the rows. It iterates over the tiles
// of keys from the last visible one to the first. Q stays in shared memory; K and V have one buffer each.
// V(n) is copied during Q K(n)^T, and K(n - 1) during softmax and P V(n). Only tiles on the diagonal and at
// the end of K are masked.
#include <algorithm>
#include <numbers>

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
  float scale_log2;  // scale * log2(e): logits in base 2
};

template <class Element, int kDim, int kQueryRowsOfBlock, int kKeyRowsOfTile>
struct Shape {
  using T = Element;
  static constexpr int kHeadDim = kDim;
  static constexpr int kQueryRows = kQueryRowsOfBlock;  // per block
  static constexpr int kKeyRows = kKeyRowsOfTile;       // per tile of K and V
  static constexpr int kThreads = 128;
  static constexpr int kWarpRows = kQueryRows / (kThreads / simt::kWarpSize);
  using QueryTile = flash::SharedTile<T, kQueryRows, kDim>;
  using KeyTile = flash::SharedTile<T, kKeyRows, kDim>;
  static constexpr std::size_t kSharedBytes = sizeof(T) * (QueryTile::kElements + 2 * KeyTile::kElements);
};

// Sets scores of masked keys, and of keys past the end of K, to -inf. Query i sees keys up to i +
// visible_from.
template <int kRowTiles, int kKeyTiles>
SIMT_DEVICE void mask_scores(float (&s)[kRowTiles][kKeyTiles][4], int first_row, int first_key, int seq_k,
                             int visible_from) {
  const int lane = simt::lane_index(), g = lane / 4, t = lane % 4;
  SIMT_UNROLL
  for (int m = 0; m < kRowTiles; ++m) {
    SIMT_UNROLL
    for (int n = 0; n < kKeyTiles; ++n) {
      SIMT_UNROLL
      for (int e = 0; e < 4; ++e) {
        const int row = first_row + m * 16 + e / 2 * 8 + g, key = first_key + n * 8 + 2 * t + e % 2;
        if (key >= seq_k || key > row + visible_from) s[m][n][e] = -INFINITY;
      }
    }
  }
}

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

template <class Shape>
SIMT_KERNEL(Shape::kThreads)
flash_forward(const Operands<typename Shape::T> p) {
  using T = typename Shape::T;
  constexpr int kRowTiles = Shape::kWarpRows / 16, kKeyTiles = Shape::kKeyRows / 8,
                kDimTiles = Shape::kHeadDim / 8;
  simt::SharedMemory shared;
  const typename Shape::QueryTile q_tile{shared.array<T>("Q", Shape::QueryTile::kElements)};
  const typename Shape::KeyTile k_tile{shared.array<T>("K", Shape::KeyTile::kElements)};
  const typename Shape::KeyTile v_tile{shared.array<T>("V", Shape::KeyTile::kElements)};

  const Place place = place_of<Shape>(p);
  const int kv_head = place.head / p.group;
  const T* k = p.k + place.batch * p.k_strides.batch + kv_head * p.k_strides.head;
  const T* v = p.v + place.batch * p.v_strides.batch + kv_head * p.v_strides.head;

  // Query i sees keys up to i + diagonal.
  const int diagonal = p.causal ? p.seq_k - p.seq_q : p.seq_k;
  const int rows_end = std::min(place.first_row + Shape::kQueryRows, p.seq_q);
  const int keys_end = std::max(0, std::min(p.seq_k, rows_end + diagonal));
  const int tiles = (keys_end + Shape::kKeyRows - 1) / Shape::kKeyRows;

  float o[kRowTiles][kDimTiles][4] = {};
  flash::OnlineSoftmax<kRowTiles> softmax;
  softmax.start();

  if (tiles > 0) {
    const T* q = p.q + place.batch * p.q_strides.batch + place.head * p.q_strides.head;
    flash::copy_tile<Shape::kThreads>(q_tile, q, p.q_strides.row, place.first_row, p.seq_q);
    flash::copy_tile<Shape::kThreads>(k_tile, k, p.k_strides.row, (tiles - 1) * Shape::kKeyRows, p.seq_k);
    simt::copy_async_commit();
  }

  for (int n = tiles - 1; n >= 0; --n) {
    const int first_key = n * Shape::kKeyRows;
    simt::copy_async_wait<0>();  // K(n), and Q
    simt::syncthreads();         // makes them visible; the last reads of V(n + 1) precede it
    flash::copy_tile<Shape::kThreads>(v_tile, v, p.v_strides.row, first_key, p.seq_k);
    simt::copy_async_commit();

    float s[kRowTiles][kKeyTiles][4];
    flash::multiply_queries_keys<T>(q_tile, simt::warp_index() * Shape::kWarpRows, k_tile, s);

    simt::copy_async_wait<0>();  // V(n)
    simt::syncthreads();         // makes it visible; the last reads of K(n) precede it
    if (n > 0) {
      flash::copy_tile<Shape::kThreads>(k_tile, k, p.k_strides.row, first_key - Shape::kKeyRows, p.seq_k);
      simt::copy_async_commit();
    }
    const int first_row = place_of<Shape>(p).first_row + simt::warp_index() * Shape::kWarpRows;
    if (first_key + Shape::kKeyRows > std::min(p.seq_k, first_row + diagonal + 1))
      mask_scores(s, first_row, first_key, p.seq_k, diagonal);
    softmax.update(s, o, p.scale_log2);
    flash::multiply_weights_values<T>(s, v_tile, o);
  }

  softmax.finish(o);
  store_results<Shape>(p, q_tile, softmax, o);
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
          .scale_log2 = static_cast<float>(p.scale * std::numbers::log2e)};
}

template <class Shape>
simt::Grid make_grid(const Problem& p) {
  const auto row_blocks = static_cast<int>((p.seq_q + Shape::kQueryRows - 1) / Shape::kQueryRows);
  return {.blocks = {row_blocks, static_cast<int>(p.heads), static_cast<int>(p.batch)},
          .threads = Shape::kThreads,
          .shared_bytes = Shape::kSharedBytes};
}

// Calls visit(Shape{}) for the problem's type and head dimension. The tiles are the largest that do not spill
// registers on any architecture (ctest simt.flash_mma_does_not_spill).
template <class T, class Visit>
auto with_head_dim(std::int64_t head_dim, Visit visit) {
  switch (head_dim) {
    case 32:
      return visit(Shape<T, 32, 128, 128>{});
    case 64:
      return visit(Shape<T, 64, 128, 64>{});
    case 96:
      return visit(Shape<T, 96, 128, 64>{});
    case 128:
      return visit(Shape<T, 128, 64, 64>{});
    default:
      return visit(Shape<T, 256, 64, 64>{});
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
