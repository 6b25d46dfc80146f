// decode_split_kv: attention of few queries over many keys, for decoding, after Flash-Decoding (Dao et al.
// 2023). The keys are split over blocks; a second kernel combines the partial results, weighted by their LSE.
// sm_80 and later, f16 and bf16. S, O and partial results are f32, P is rounded to the input type,
// exponentials are computed by ex2.approx.
//
// K and V are read once for all heads that share a key/value head: their queries are packed into the 16 rows
// of a product. A block iterates over its keys in tiles of 64 in two stages. Each of its
// warps computes 16 keys of a tile. The warps' results are merged in shared memory.
#include <algorithm>
#include <numbers>

#include "kernels/cuda/flash_softmax.h"
#include "kernels/cuda/flash_tile.h"
#include "kernels/simt/attention_launch.h"

namespace warpgauge {
namespace {

constexpr int kRows = 16;  // packed queries per block
constexpr int kWarps = 4, kThreads = kWarps * simt::kWarpSize;
constexpr int kWarpKeys = 16, kTileKeys = kWarps * kWarpKeys;
constexpr int kStages = 2;
constexpr int kMaxSplits = 128;
constexpr int kCombineThreads = 128;

template <class T>
struct Operands {
  const T* q;          // [B, H, Sq, D]
  const T* k;          // [B, Hkv, Sk, D]
  const T* v;          // [B, Hkv, Sk, D]
  T* o;                // [B, H, Sq, D]
  float* lse;          // [B, H, Sq]
  float* partial_o;    // [splits, B, H, Sq, D]; unused if there is one split
  float* partial_lse;  // [splits, B, H, Sq]
  Strides q_strides, k_strides, v_strides, o_strides;
  int batch, heads, seq_q, seq_k;
  int group;      // query heads per key/value head
  int row_tiles;  // per key/value head
  int splits;
  int split_tiles;  // tiles of keys per split
  bool causal;
  float scale_log2;
};

// A packed row. Neighbouring rows are the heads of one query.
struct Row {
  int head, query;
  bool real;  // false for the padding of the last tile
};

template <class T>
SIMT_DEVICE Row row_of(const Operands<T>& p, int row_in_tile) {
  const int row = simt::block_index().y % p.row_tiles * kRows + row_in_tile;
  const int kv_head = simt::block_index().y / p.row_tiles;
  return {kv_head * p.group + row % p.group, row / p.group, row < p.group * p.seq_q};
}

template <class T, class Tile>
SIMT_DEVICE void copy_queries(const Operands<T>& p, const Tile& tile) {
  for (int i = simt::thread_index(); i < kRows * Tile::kChunks; i += kThreads) {
    const int row_in_tile = i / Tile::kChunks, column = i % Tile::kChunks;
    const Row row = row_of(p, row_in_tile);
    const T* source = p.q + simt::block_index().z * p.q_strides.batch + row.head * p.q_strides.head +
                      row.query * p.q_strides.row + column * 8;
    simt::copy_async_16(tile.chunk(row_in_tile, column), source, row.real ? 16 : 0);
  }
}

// The warps' partial results, in shared memory.
template <int kDim>
struct WarpResults {
  static constexpr int kStride = kDim + 8;  // floats per row; the padding avoids bank conflicts of stores
  static constexpr int kElements = kWarps * kRows * kStride;
  float* o;        // [kWarps, kRows, kStride], each row divided by its sum
  float* largest;  // [kWarps, kRows], of the scores
  float* sum;      // [kWarps, kRows]

  SIMT_DEVICE void put(const float (&values)[1][kDim / 8][4], const flash::OnlineSoftmax<1>& softmax) const {
    const int lane = simt::lane_index(), first = simt::warp_index() * kRows + lane / 4;
    SIMT_UNROLL
    for (int half = 0; half < 2; ++half) {
      const int row = first + half * 8;
      SIMT_UNROLL
      for (int n = 0; n < kDim / 8; ++n) {
        o[row * kStride + n * 8 + lane % 4 * 2] = values[0][n][2 * half];
        o[row * kStride + n * 8 + lane % 4 * 2 + 1] = values[0][n][2 * half + 1];
      }
      if (lane % 4 == 0) {
        largest[row] = softmax.largest[0][half];
        sum[row] = softmax.sum[0][half];
      }
    }
  }
};

// Merges the warps' results. Eight neighbouring threads share a row: columns 2 c and 2 c + 1 for c = thread %
// 8, thread % 8 + 8, ...
template <class T, int kDim>
SIMT_DEVICE void merge_warps(const Operands<T>& p, const WarpResults<kDim>& results) {
  const int row_in_tile = simt::thread_index() / 8;
  float largest = -INFINITY;
  SIMT_UNROLL
  for (int w = 0; w < kWarps; ++w) largest = fmaxf(largest, results.largest[w * kRows + row_in_tile]);
  float weight[kWarps], total = 0.0f;
  SIMT_UNROLL
  for (int w = 0; w < kWarps; ++w) {
    const int at = w * kRows + row_in_tile;
    weight[w] = results.sum[at] *
                simt::exp2_approx(flash::rescaling_exponent(results.largest[at], largest, p.scale_log2));
    total += weight[w];
  }
  const Row row = row_of(p, row_in_tile);
  if (!row.real) return;

  const std::int64_t index =
      (static_cast<std::int64_t>(simt::block_index().z) * p.heads + row.head) * p.seq_q +
      row.query;  // in [B, H, Sq]
  const std::int64_t rows = static_cast<std::int64_t>(p.batch) * p.heads * p.seq_q;
  const float inverse = total == 0.0f ? 0.0f : 1.0f / total;
  for (int d = simt::thread_index() % 8 * 2; d < kDim; d += 16) {
    float low = 0.0f, high = 0.0f;
    SIMT_UNROLL
    for (int w = 0; w < kWarps; ++w) {
      const float* values = results.o + (w * kRows + row_in_tile) * results.kStride + d;
      low += weight[w] * values[0];
      high += weight[w] * values[1];
    }
    if (p.splits == 1) {
      T* target = p.o + simt::block_index().z * p.o_strides.batch + row.head * p.o_strides.head +
                  row.query * p.o_strides.row;
      simt::store_words<1>(target + d, {simt::pack<T>(low * inverse, high * inverse)});
    } else {
      float* target = p.partial_o + (simt::block_index().x * rows + index) * kDim + d;
      target[0] = low * inverse;
      target[1] = high * inverse;
    }
  }
  if (simt::thread_index() % 8 == 0) {
    const float lse = total == 0.0f ? -INFINITY : flash::largest_logit(largest, p.scale_log2) + logf(total);
    if (p.splits == 1)
      p.lse[index] = lse;
    else
      p.partial_lse[simt::block_index().x * rows + index] = lse;
  }
}

template <class T, int kDim>
constexpr int kTileElements = kTileKeys* kDim;

template <class T, int kDim>
constexpr std::size_t kSharedBytes = sizeof(T) *
                                     (kRows * kDim + 2 * kStages * kTileElements<T, kDim>)+2 * kWarps* kRows *
                                     sizeof(float);

template <class T, int kDim>
SIMT_KERNEL(kThreads)
decode_split(const Operands<T> p) {
  using KeyTile = flash::SharedTile<T, kTileKeys, kDim>;
  using WarpTile = flash::SharedTile<T, kWarpKeys, kDim>;
  simt::SharedMemory shared;
  const flash::SharedTile<T, kRows, kDim> q_tile{shared.array<T>("Q", kRows * kDim)};
  T* kv = shared.array<T>("K and V", 2 * kStages * KeyTile::kElements);  // [stages, K then V]
  static_assert(sizeof(float) * WarpResults<kDim>::kElements <= sizeof(T) * 2 * kStages * KeyTile::kElements);
  const WarpResults<kDim> results{reinterpret_cast<float*>(kv),
                                  shared.array<float>("row maxima", kWarps * kRows),
                                  shared.array<float>("row sums", kWarps * kRows)};

  const int kv_head = simt::block_index().y / p.row_tiles, batch = simt::block_index().z;
  const T* k = p.k + batch * p.k_strides.batch + kv_head * p.k_strides.head;
  const T* v = p.v + batch * p.v_strides.batch + kv_head * p.v_strides.head;
  const int first_tile = simt::block_index().x * p.split_tiles;
  const int tiles = std::min(p.split_tiles, (p.seq_k + kTileKeys - 1) / kTileKeys - first_tile);
  const auto copy = [&](int tile) {
    T* stage = kv + tile % kStages * 2 * KeyTile::kElements;
    const int first_key = (first_tile + tile) * kTileKeys;
    using Copy = flash::TileCopy<kThreads, KeyTile>;
    Copy(KeyTile{stage}, k, p.k_strides.row, first_key).start(p.seq_k - first_key);
    Copy(KeyTile{stage + KeyTile::kElements}, v, p.v_strides.row, first_key).start(p.seq_k - first_key);
  };

  float o[1][kDim / 8][4] = {};
  flash::OnlineSoftmax<1> softmax;
  softmax.start();
  if (tiles > 0) {
    copy_queries(p, q_tile);
    copy(0);
  }
  simt::copy_async_commit();
  for (int tile = 0; tile < tiles; ++tile) {
    if (tile + 1 < tiles) copy(tile + 1);
    simt::copy_async_commit();
    simt::copy_async_wait<1>();  // this tile, and with the first one the queries
    simt::syncthreads();         // makes them visible to all threads

    T* stage = kv + tile % kStages * 2 * KeyTile::kElements + simt::warp_index() * WarpTile::kElements;
    float s[1][kWarpKeys / 8][4];
    flash::multiply_queries_keys(flash::sixteen_rows(q_tile, 0), flash::key_rows(WarpTile{stage}), s);
    const int lane = simt::lane_index();
    const int first_key = (first_tile + tile) * kTileKeys + simt::warp_index() * kWarpKeys;
    SIMT_UNROLL
    for (int n = 0; n < kWarpKeys / 8; ++n) {
      SIMT_UNROLL
      for (int e = 0; e < 4; ++e) {
        const int key = first_key + n * 8 + lane % 4 * 2 + e % 2;
        const int query = row_of(p, lane / 4 + e / 2 * 8).query;
        if (key >= p.seq_k || (p.causal && key > query + p.seq_k - p.seq_q)) s[0][n][e] = -INFINITY;
      }
    }
    auto change = softmax.raise_maxima<true>(s, p.scale_log2);
    if (change.huge()) softmax.subtract_maxima(s, change);
    softmax.weigh(s, o, change, p.scale_log2);
    flash::multiply_weights_values(s, flash::sixteen_rows(WarpTile{stage + KeyTile::kElements}, 0), o);
    simt::syncthreads();  // ends the reads of this stage, before a copy or the warps' results overwrite it
  }
  softmax.finish(o);
  results.put(o, softmax);
  simt::syncthreads();  // makes the results of all warps visible
  merge_warps(p, results);
}

// Computes O and LSE of a row from its splits. One block per row.
template <class T, int kDim>
SIMT_KERNEL(kCombineThreads)
combine_splits(const Operands<T> p) {
  const std::int64_t row = simt::block_index().x, rows = simt::grid_size().x;
  float largest = -INFINITY;
  for (int split = 0; split < p.splits; ++split) largest = fmaxf(largest, p.partial_lse[split * rows + row]);
  const float base = largest == -INFINITY ? 0.0f : largest;
  float total = 0.0f;
  for (int split = 0; split < p.splits; ++split) total += expf(p.partial_lse[split * rows + row] - base);

  const auto query = static_cast<int>(row % p.seq_q), head = static_cast<int>(row / p.seq_q % p.heads);
  const auto batch = static_cast<int>(row / p.seq_q / p.heads);
  T* target = p.o + batch * p.o_strides.batch + head * p.o_strides.head + query * p.o_strides.row;
  const float inverse = total == 0.0f ? 0.0f : 1.0f / total;
  for (int d = simt::thread_index() * 2; d < kDim; d += kCombineThreads * 2) {
    float low = 0.0f, high = 0.0f;
    for (int split = 0; split < p.splits; ++split) {
      const float weight = expf(p.partial_lse[split * rows + row] - base) * inverse;
      low += weight * p.partial_o[(split * rows + row) * kDim + d];
      high += weight * p.partial_o[(split * rows + row) * kDim + d + 1];
    }
    simt::store_words<1>(target + d, {simt::pack<T>(low, high)});
  }
  if (simt::thread_index() == 0) p.lse[row] = total == 0.0f ? -INFINITY : largest + logf(total);
}

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

std::int64_t row_tiles(const Problem& p) {
  return divide_up(p.heads / p.kv_heads * p.seq_q, kRows);
}

// One split if the heads alone fill the device. Otherwise the smallest number of splits whose wave efficiency
// is at least 85 % of the best one.
int choose_splits(const Problem& p) {
  const double multiprocessors = simt::multiprocessors();
  const auto blocks = static_cast<double>(p.batch * p.kv_heads * row_tiles(p));
  const auto key_tiles = std::max<std::int64_t>(1, divide_up(p.seq_k, kTileKeys));
  if (blocks >= 0.8 * multiprocessors) return 1;
  const auto most =
      static_cast<int>(std::min<std::int64_t>({kMaxSplits, key_tiles, simt::multiprocessors()}));
  const auto efficiency = [&](int splits) {  // share of multiprocessors with a block, averaged over the waves
    const double waves = blocks * splits / multiprocessors;
    return waves / std::ceil(waves);
  };
  double best = 0;
  for (int splits = 1; splits <= most; ++splits) best = std::max(best, efficiency(splits));
  int splits = 1;
  while (efficiency(splits) < 0.85 * best) ++splits;
  // Drops splits that would have no tiles after rounding up the tiles per split.
  return static_cast<int>(divide_up(key_tiles, divide_up(key_tiles, splits)));
}

template <class T>
Operands<T> make_operands(const Problem& p, const Tensors& t, const Launch& launch) {
  const int splits = choose_splits(p);
  auto* workspace = static_cast<float*>(launch.workspace);
  return {.q = static_cast<const T*>(t.q),
          .k = static_cast<const T*>(t.k),
          .v = static_cast<const T*>(t.v),
          .o = static_cast<T*>(t.o),
          .lse = t.lse,
          .partial_o = workspace,
          .partial_lse = splits == 1 ? nullptr : workspace + splits * query_elements(p),
          .q_strides = t.q_strides,
          .k_strides = t.k_strides,
          .v_strides = t.v_strides,
          .o_strides = t.o_strides,
          .batch = static_cast<int>(p.batch),
          .heads = static_cast<int>(p.heads),
          .seq_q = static_cast<int>(p.seq_q),
          .seq_k = static_cast<int>(p.seq_k),
          .group = static_cast<int>(p.heads / p.kv_heads),
          .row_tiles = static_cast<int>(row_tiles(p)),
          .splits = splits,
          .split_tiles = static_cast<int>(divide_up(divide_up(p.seq_k, kTileKeys), splits)),
          .causal = p.mask == Mask::causal,
          .scale_log2 = static_cast<float>(p.scale * std::numbers::log2e)};
}

std::int64_t workspace_bytes(const Problem& p, int) {
  const std::int64_t splits = choose_splits(p);
  return splits == 1
             ? 0
             : splits * (query_elements(p) + lse_elements(p)) * static_cast<std::int64_t>(sizeof(float));
}

template <class T, int kDim>
void launch_dim(const Problem& p, const Tensors& t, const Launch& launch) {
  const Operands<T> operands = make_operands<T>(p, t, launch);
  std::vector<simt::GlobalRange> memory = simt::attention_memory(p, t);
  memory.push_back({"workspace", launch.workspace, static_cast<std::size_t>(workspace_bytes(p, 1)), true});
  const simt::Dim3 blocks{operands.splits, static_cast<int>(p.kv_heads) * operands.row_tiles, operands.batch};
  simt::launch<decode_split<T, kDim>>("decode_split", {blocks, kThreads, kSharedBytes<T, kDim>}, operands,
                                      memory, launch);
  if (operands.splits > 1)
    simt::launch<combine_splits<T, kDim>>("combine_splits",
                                          {{static_cast<int>(lse_elements(p))}, kCombineThreads, 0}, operands,
                                          memory, launch);
}

// Calls visit with the problem's type and head dimension.
template <class Visit>
auto with_type(const Problem& p, Visit visit) {
  const auto with_dim = [&]<class T>(T type) {
    return p.head_dim == 64 ? visit(type, std::integral_constant<int, 64>{})
                            : visit(type, std::integral_constant<int, 128>{});
  };
  return p.dtype == Dtype::f16 ? with_dim(f16{}) : with_dim(bf16{});
}

std::string supports(const Problem& p, const Tensors& t) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (std::string variant = unsupported_variant(p); !variant.empty()) return variant;
  if (p.dtype == Dtype::f32) return "f16 and bf16 only";
  if (p.head_dim != 64 && p.head_dim != 128) return "D must be 64 or 128";
  if (p.seq_q > 16) return "S must be at most 16 (decoding)";
  if (std::string unaligned = unaligned_rows(p, t, simt::kRowAlignment); !unaligned.empty()) return unaligned;
  if (p.scale <= 0) return "scale must be positive";  // the row maximum is taken before scaling
  if (p.seq_k > simt::kMaxSequence) return "Sk must be at most 2^29";
  if (p.batch > 65535 || p.kv_heads * row_tiles(p) > 65535)
    return "B and Hkv * ceil(H / Hkv * S / 16) must be at most 65535 (grid size limit)";
  return with_type(p, [](auto type, auto dim) {
    return simt::unsupported_reason(80, kSharedBytes<decltype(type), decltype(dim)::value>);
  });
}

void launch(const Problem& p, const Tensors& tensors, const Launch& l) {
  const Tensors t = with_meaningful_strides(p, tensors);
  with_type(p, [&](auto type, auto dim) { launch_dim<decltype(type), decltype(dim)::value>(p, t, l); });
}

}  // namespace

extern const Kernel SIMT_SYMBOL(decode_split_kv){
    .name = "decode_split_kv",
    .backend = simt::kBackend,
    .summary = "decoding, keys split over blocks, mma.m16n8k16; f32 accumulation, P in the input type",
    .deterministic = true,
    .rounding = {.weights = Rounding::Weights::before_division},
    .supports = supports,
    .workspace_bytes = workspace_bytes,
    .launch = launch};

}  // namespace warpgauge
