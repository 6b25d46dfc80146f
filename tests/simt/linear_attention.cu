// A small kernel with the elements of a fused Hopper kernel: O = (scale Q K^T) V, attention without softmax,
// in f16 or bf16 with f32 accumulation.
//
// One producer thread issues TMA loads. Two consumer warpgroups compute 64 rows of Q each. K and V pass
// through a ring of stages. The full mbarrier of a stage counts bytes, the empty one has one arrival per
// consumer. W(n) = scale Q K(n)^T is converted from accumulators to A fragments in registers. W(n) V(n) runs
// during Q K(n + 1)^T. O is stored through shared memory by TMA.
#include <algorithm>

#include "kernels/simt/attention_launch.h"
#include "kernels/simt/simt.h"

namespace warpgauge {
namespace {

constexpr int kRows = 64;   // of Q per consumer
constexpr int kKeys = 64;   // per tile of K and V
constexpr int kPanel = 64;  // elements per 128-byte row of the swizzle
constexpr int kStages = 2;  // tiles of K and V in flight
constexpr int kConsumers = 2;
constexpr int kThreads = (1 + kConsumers) * simt::kWarpgroupSize;
constexpr int kPanelElements = kKeys * kPanel;  // of 64 rows
constexpr int kPanelBytes = 2 * kPanelElements;

struct Params {
  simt::TensorMap q, k, v, o;
  int tiles;  // of keys
  int group;  // query heads per key/value head
  float scale;
};

template <class T, int kDim>
struct Storage {
  static constexpr int kPanels = kDim / kPanel;
  static constexpr int kTile = kPanels * kPanelElements;  // 64 rows, one panel after the other
  static constexpr std::size_t kBytes =
      2 * kTile * (2 * kConsumers + 2 * kStages) + sizeof(simt::Mbarrier) * (1 + 2 * kStages);

  T* q;  // [consumers, tile]
  T* k;  // [stages, tile]
  T* v;  // [stages, tile]
  T* o;  // [consumers, tile]
  simt::Mbarrier* q_full;
  simt::Mbarrier* full;   // [stages]
  simt::Mbarrier* empty;  // [stages]

  SIMT_DEVICE Storage() {
    simt::SharedMemory shared;
    q = shared.array<T>("Q", kConsumers * kTile, 1024);
    k = shared.array<T>("K", kStages * kTile, 1024);
    v = shared.array<T>("V", kStages * kTile, 1024);
    o = shared.array<T>("O", kConsumers * kTile, 1024);
    q_full = shared.array<simt::Mbarrier>("q_full", 1, 8);
    full = shared.array<simt::Mbarrier>("full", kStages, 8);
    empty = shared.array<simt::Mbarrier>("empty", kStages, 8);
  }
};

// Loads 64 rows, starting with `first_row`, to `tile`.
template <class T, int kDim>
SIMT_DEVICE void load_tile(T* tile, const simt::TensorMap& map, simt::Mbarrier* full, int first_row, int head,
                           int batch) {
  SIMT_UNROLL
  for (int panel = 0; panel < kDim / kPanel; ++panel)
    simt::tma_load(tile + panel * kPanelElements, map, full, {panel * kPanel, first_row, head, batch});
}

template <class T, int kDim>
SIMT_DEVICE void produce(const Params& p, const Storage<T, kDim>& shared) {
  constexpr int kTile = Storage<T, kDim>::kTile, kTileBytes = 2 * kTile;
  const simt::Dim3 block = simt::block_index();
  const int kv_head = block.y / p.group;
  simt::mbarrier_arrive_expect_tx(shared.q_full, kConsumers * kTileBytes);
  for (int consumer = 0; consumer < kConsumers; ++consumer)
    load_tile<T, kDim>(shared.q + consumer * kTile, p.q, shared.q_full,
                       (block.x * kConsumers + consumer) * kRows, block.y, block.z);
  for (int n = 0; n < p.tiles; ++n) {
    const int stage = n % kStages, parity = n / kStages % 2;
    simt::mbarrier_wait(shared.empty + stage, parity ^ 1);
    simt::mbarrier_arrive_expect_tx(shared.full + stage, 2 * kTileBytes);
    load_tile<T, kDim>(shared.k + stage * kTile, p.k, shared.full + stage, n * kKeys, kv_head, block.z);
    load_tile<T, kDim>(shared.v + stage * kTile, p.v, shared.full + stage, n * kKeys, kv_head, block.z);
  }
}

// Converts columns 16 j..16 j + 15 of accumulators to an A fragment of type T.
template <class T, int kRegisters>
SIMT_DEVICE void pack_fragment(std::uint32_t (&fragment)[4], const float (&sums)[kRegisters], int j,
                               float scale) {
  SIMT_UNROLL
  for (int r = 0; r < 4; ++r)
    fragment[r] = simt::pack<T>(scale * sums[8 * j + 2 * r], scale * sums[8 * j + 2 * r + 1]);
}

// Writes a consumer's 64 rows of O to shared memory in the swizzle, and stores them by TMA.
template <class T, int kDim>
SIMT_DEVICE void store_output(const Params& p, const float (&o)[kDim / 2], T* tile, int consumer) {
  const int lane = simt::lane_index(), warp = simt::warp_index() % 4, row = warp * 16 + lane % 16;
  SIMT_UNROLL
  for (int j = 0; j < kDim / 16; ++j) {
    std::uint32_t fragment[4];
    pack_fragment<T>(fragment, o, j, 1.0f);
    const int chunk = 2 * j + lane / 16;
    simt::store_matrices<false>(fragment, tile + chunk / 8 * kPanelElements + row * kPanel +
                                              simt::swizzled_chunk(row, chunk % 8) * 8);
  }
  simt::fence_proxy_async();
  simt::barrier_sync(1 + consumer, simt::kWarpgroupSize);
  if (warp != 0 || !simt::elect_one()) return;
  const simt::Dim3 block = simt::block_index();
  SIMT_UNROLL
  for (int panel = 0; panel < kDim / kPanel; ++panel)
    simt::tma_store(p.o, {panel * kPanel, (block.x * kConsumers + consumer) * kRows, block.y, block.z},
                    tile + panel * kPanelElements);
  simt::tma_store_commit();
  simt::tma_store_wait_read<0>();
}

template <class T, int kDim>
SIMT_DEVICE void consume(const Params& p, const Storage<T, kDim>& shared, int consumer) {
  constexpr int kTile = Storage<T, kDim>::kTile;
  const T* const q = shared.q + consumer * kTile;
  float s[kKeys / 2], o[kDim / 2];
  std::uint32_t weights[kKeys / 16][4];
  const bool signals = simt::thread_index() % simt::kWarpgroupSize == 0;

  simt::mbarrier_wait(shared.q_full, 0);
  for (int n = 0; n < p.tiles; ++n) {
    const int stage = n % kStages;
    const T* const k = shared.k + stage * kTile;
    const T* const v = shared.v + stage * kTile;
    simt::mbarrier_wait(shared.full + stage, n / kStages % 2);

    simt::wgmma_fence();  // s
    SIMT_UNROLL
    for (int d = 0; d < kDim / 16; ++d) {
      const int panel = d / 4 * kPanelElements;
      simt::wgmma<T>(s, simt::k_major(q + panel).advanced(d % 4 * 32),
                     simt::k_major(k + panel).advanced(d % 4 * 32), d > 0);
    }
    simt::wgmma_commit();
    if (n > 0) {
      simt::wgmma_wait<1>();  // W(n - 1) V(n - 1)
      if (signals) simt::mbarrier_arrive(shared.empty + (n - 1) % kStages);
    }
    simt::wgmma_wait<0>();  // Q K(n)^T
    simt::pin_registers(s);

    SIMT_UNROLL
    for (int j = 0; j < kKeys / 16; ++j) pack_fragment<T>(weights[j], s, j, p.scale);
    simt::wgmma_fence();  // weights
    SIMT_UNROLL
    for (int j = 0; j < kKeys / 16; ++j)
      simt::wgmma<T>(o, weights[j], simt::mn_major(v, kPanelBytes).advanced(j * 2048), n > 0 || j > 0);
    simt::wgmma_commit();
  }
  simt::wgmma_wait<0>();  // the last W V
  simt::pin_registers(o);
  store_output<T, kDim>(p, o, shared.o + consumer * kTile, consumer);
}

template <class T, int kDim>
SIMT_SPECIALIZED_KERNEL(kThreads)
linear_attention(SIMT_GRID_CONSTANT const Params p) {
  const Storage<T, kDim> shared;
  if (simt::thread_index() == 0) {
    simt::mbarrier_init(shared.q_full, 1);
    for (int stage = 0; stage < kStages; ++stage) {
      simt::mbarrier_init(shared.full + stage, 1);
      simt::mbarrier_init(shared.empty + stage, kConsumers);
    }
    simt::fence_mbarrier_init();
  }
  simt::syncthreads();
  if (simt::warpgroup_index() == 0) {
    simt::lower_registers<24>();
    if (simt::warp_index() == 0 && simt::elect_one()) produce<T, kDim>(p, shared);
  } else {
    simt::raise_registers<240>();
    consume<T, kDim>(p, shared, simt::warpgroup_index() - 1);
  }
}

simt::TensorMap make_map(const Problem& p, const void* data, const Strides& s, std::int64_t heads,
                         std::int64_t seq) {
  return simt::encode_tensor_map({.data = data,
                                  .dtype = p.dtype,
                                  .rank = 4,
                                  .extent = {p.head_dim, seq, heads, p.batch},
                                  .stride_bytes = {2 * s.row, 2 * s.head, 2 * s.batch},
                                  .box = {kPanel, kRows, 1, 1},
                                  .swizzle = simt::Swizzle::bytes_128});
}

std::string supports(const Problem& p, const Tensors& t) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (p.dtype == Dtype::f32) return "f16 and bf16 only";
  if (p.head_dim != 64 && p.head_dim != 128) return "D must be 64 or 128";
  if (p.mask != Mask::none || p.seq_k == 0) return "masks and Sk = 0 are not supported";
  if (std::string unaligned = unaligned_rows(p, t, simt::kRowAlignment); !unaligned.empty()) return unaligned;
  return simt::sm90a_unsupported_reason(Storage<f16, 128>::kBytes);
}

template <class T, int kDim>
void launch_as(const Problem& p, const Tensors& t, const Launch& l) {
  const Params params{make_map(p, t.q, t.q_strides, p.heads, p.seq_q),
                      make_map(p, t.k, t.k_strides, p.kv_heads, p.seq_k),
                      make_map(p, t.v, t.v_strides, p.kv_heads, p.seq_k),
                      make_map(p, t.o, t.o_strides, p.heads, p.seq_q),
                      static_cast<int>((p.seq_k + kKeys - 1) / kKeys),
                      static_cast<int>(p.heads / p.kv_heads),
                      static_cast<float>(p.scale)};
  const auto blocks = static_cast<int>((p.seq_q + kConsumers * kRows - 1) / (kConsumers * kRows));
  simt::launch<linear_attention<T, kDim>>(
      "linear_attention",
      {.blocks = {blocks, static_cast<int>(p.heads), static_cast<int>(p.batch)},
       .threads = kThreads,
       .shared_bytes = Storage<T, kDim>::kBytes},
      params, simt::attention_memory(p, t), l);
}

void launch(const Problem& p, const Tensors& tensors, const Launch& l) {
  const Tensors t = with_meaningful_strides(p, tensors);
  if (p.dtype == Dtype::f16)
    p.head_dim == 64 ? launch_as<f16, 64>(p, t, l) : launch_as<f16, 128>(p, t, l);
  else
    p.head_dim == 64 ? launch_as<bf16, 64>(p, t, l) : launch_as<bf16, 128>(p, t, l);
}

}  // namespace

extern const Kernel SIMT_SYMBOL(linear_attention){.name = "linear_attention",
                                                  .backend = simt::kBackend,
                                                  .summary = "a test of the sm_90a primitives",
                                                  .deterministic = true,
                                                  .supports = supports,
                                                  .workspace_bytes = nullptr,
                                                  .launch = launch};

}  // namespace warpgauge
