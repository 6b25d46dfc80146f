#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <algorithm>
#include <type_traits>

#include "bench/renewal.h"
#include "kernels/cuda_check.h"

namespace warpgauge::bench {
namespace {

constexpr unsigned kThreads = 128;
constexpr std::int64_t kMostBlocks = 1 << 20;

unsigned grid_of(std::int64_t items) {
  return static_cast<unsigned>(std::clamp<std::int64_t>(items, 1, kMostBlocks));
}

// The types of half.h and e4m3.h are converted on the host only. The values are exact in each type.
__device__ void store(float& element, float value) {
  element = value;
}
__device__ void store(f16& element, float value) {
  element.bits = __half_as_ushort(__float2half_rn(value));
}
__device__ void store(bf16& element, float value) {
  element.bits = static_cast<std::uint16_t>(__float_as_uint(value) >> 16);
}
__device__ void store(e4m3& element, float value) {
  element.bits = __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3);
}

// One block per query row; each thread owns columns.
template <class T>
__global__ void flip_signs(Problem p, T* q, RenewalDraw from, RenewalDraw to) {
  using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>;
  constexpr auto kSign = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));
  const std::int64_t rows = p.batch * p.heads * p.seq_q;
  for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
    const std::int64_t head = row / p.seq_q;
    Word* words = reinterpret_cast<Word*>(q) + row * p.head_dim;
    for (std::int64_t d = threadIdx.x; d < p.head_dim; d += blockDim.x)
      if (from.flips(head, p.head_dim, d) != to.flips(head, p.head_dim, d)) words[d] ^= kSign;
  }
}

// One block per replaced row of K and V. Calls visit(row of K and V, number of the replaced row).
template <class Visit>
__device__ void each_replaced_row(const Problem& p, const RenewalDraw& draw, Visit visit) {
  const std::int64_t blocks = renewed_blocks(p), rows = p.batch * p.kv_heads * blocks;
  for (std::int64_t n = blockIdx.x; n < rows; n += gridDim.x)
    visit(n / blocks * p.seq_k + draw.key(p, n / blocks, n % blocks), n);
}

template <class T>
__device__ void copy_row(T* to, std::int64_t to_row, const T* from, std::int64_t from_row, std::int64_t dim) {
  for (std::int64_t d = threadIdx.x; d < dim; d += blockDim.x)
    to[to_row * dim + d] = from[from_row * dim + d];
}

template <class T>
__global__ void put_back(Problem p, std::int64_t value_dim, T* k, T* v, const T* saved_k, const T* saved_v,
                         RenewalDraw from) {
  each_replaced_row(p, from, [&](std::int64_t row, std::int64_t saved) {
    copy_row(k, row, saved_k, saved, p.head_dim);
    copy_row(v, row, saved_v, saved, value_dim);
  });
}

template <class T>
__global__ void replace(Problem p, std::int64_t value_dim, T* k, T* v, T* saved_k, T* saved_v,
                        RenewalDraw to) {
  const std::int64_t dim = p.head_dim;
  each_replaced_row(p, to, [&](std::int64_t row, std::int64_t saved) {
    copy_row(saved_k, saved, k, row, dim);
    copy_row(saved_v, saved, v, row, value_dim);
    // A thread overwrites only what it has copied itself.
    for (std::int64_t d = threadIdx.x; d < dim; d += blockDim.x)
      store(k[row * dim + d], to.elements(p, saved, d / 2).k[d % 2]);
    for (std::int64_t d = threadIdx.x; d < value_dim; d += blockDim.x)
      store(v[row * value_dim + d], to.elements(p, saved, d / 2).v[d % 2]);
  });
}

// One thread per row of the bias that sees a key. Calls visit(row, keys).
template <class Visit>
__device__ void each_bias_row(const Problem& p, Visit visit) {
  const std::int64_t rows = p.heads * p.seq_q, step = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t row = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; row < rows; row += step)
    if (const KeyRange keys = visible_range(p, row % p.seq_q); keys.count() > 0) visit(row, keys);
}

__global__ void put_back_bias(Problem p, float* bias, const float* saved, RenewalDraw from) {
  each_bias_row(p, [&](std::int64_t row, const KeyRange& keys) {
    bias[row * p.seq_k + from.biased_key(row, keys)] = saved[row];
  });
}

__global__ void replace_bias(Problem p, float* bias, float* saved, RenewalDraw to) {
  each_bias_row(p, [&](std::int64_t row, const KeyRange& keys) {
    float& element = bias[row * p.seq_k + to.biased_key(row, keys)];
    saved[row] = element;
    element = to.bias(row, keys);
  });
}

void renew_bias(const RenewedInputs& in, RenewalDraw from, RenewalDraw to) {
  if (in.bias == nullptr) return;
  const Problem& p = in.problem;
  const unsigned grid = grid_of((p.heads * p.seq_q + kThreads - 1) / kThreads);
  if (!from.is_none()) put_back_bias<<<grid, kThreads>>>(p, in.bias, in.saved_bias, from);
  if (!to.is_none()) replace_bias<<<grid, kThreads>>>(p, in.bias, in.saved_bias, to);
}

}  // namespace

// The default stream runs these kernels in order, and before later work of every blocking stream.
void renew_cuda(const RenewedInputs& in, RenewalDraw from, RenewalDraw to) {
  const Problem& p = in.problem;
  const std::int64_t value_dim = value_dim_of(p);
  const unsigned kv_grid = grid_of(p.batch * p.kv_heads * renewed_blocks(p));
  with_element_type(p.dtype, [&]<class T>(T) {
    T *k = static_cast<T*>(in.k), *v = static_cast<T*>(in.v);
    T *saved_k = static_cast<T*>(in.saved_k), *saved_v = static_cast<T*>(in.saved_v);
    flip_signs<T><<<grid_of(p.batch * p.heads * p.seq_q), kThreads>>>(p, static_cast<T*>(in.q), from, to);
    if (!from.is_none()) put_back<T><<<kv_grid, kThreads>>>(p, value_dim, k, v, saved_k, saved_v, from);
    if (!to.is_none()) replace<T><<<kv_grid, kThreads>>>(p, value_dim, k, v, saved_k, saved_v, to);
  });
  renew_bias(in, from, to);
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
}

void poison_cuda(void* memory, std::int64_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemset(memory, 0xff, static_cast<std::size_t>(bytes)));
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
}

}  // namespace warpgauge::bench
