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

// One block per replaced row of K and V.
template <class T>
__global__ void put_back(Problem p, T* k, T* v, const T* saved_k, const T* saved_v, RenewalDraw from) {
  const std::int64_t blocks = renewed_blocks(p.seq_k), rows = p.batch * p.kv_heads * blocks;
  for (std::int64_t n = blockIdx.x; n < rows; n += gridDim.x) {
    const std::int64_t kv_head = n / blocks, key = from.key(kv_head, n % blocks, p.seq_k);
    const std::int64_t at = (kv_head * p.seq_k + key) * p.head_dim, saved = n * p.head_dim;
    for (std::int64_t d = threadIdx.x; d < p.head_dim; d += blockDim.x) {
      k[at + d] = saved_k[saved + d];
      v[at + d] = saved_v[saved + d];
    }
  }
}

template <class T>
__global__ void replace(Problem p, T* k, T* v, T* saved_k, T* saved_v, RenewalDraw to) {
  const std::int64_t blocks = renewed_blocks(p.seq_k), rows = p.batch * p.kv_heads * blocks;
  for (std::int64_t n = blockIdx.x; n < rows; n += gridDim.x) {
    const std::int64_t kv_head = n / blocks, key = to.key(kv_head, n % blocks, p.seq_k);
    const std::int64_t at = (kv_head * p.seq_k + key) * p.head_dim, saved = n * p.head_dim;
    for (std::int64_t d = threadIdx.x; d < p.head_dim; d += blockDim.x) {
      const NewElements elements = to.elements(n, p.head_dim, d / 2);
      saved_k[saved + d] = k[at + d];
      saved_v[saved + d] = v[at + d];
      store(k[at + d], elements.k[d % 2]);
      store(v[at + d], elements.v[d % 2]);
    }
  }
}

}  // namespace

// The default stream runs these kernels in order, and before later work of every blocking stream.
void renew_cuda(const RenewedInputs& in, RenewalDraw from, RenewalDraw to) {
  const Problem& p = in.problem;
  const unsigned kv_grid = grid_of(p.batch * p.kv_heads * renewed_blocks(p.seq_k));
  with_element_type(p.dtype, [&]<class T>(T) {
    T *k = static_cast<T*>(in.k), *v = static_cast<T*>(in.v);
    T *saved_k = static_cast<T*>(in.saved_k), *saved_v = static_cast<T*>(in.saved_v);
    flip_signs<T><<<grid_of(p.batch * p.heads * p.seq_q), kThreads>>>(p, static_cast<T*>(in.q), from, to);
    if (!from.is_none()) put_back<T><<<kv_grid, kThreads>>>(p, k, v, saved_k, saved_v, from);
    if (!to.is_none()) replace<T><<<kv_grid, kThreads>>>(p, k, v, saved_k, saved_v, to);
  });
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
}

void poison_cuda(void* memory, std::int64_t bytes) {
  WARPGAUGE_CUDA_CHECK(cudaMemset(memory, 0xff, static_cast<std::size_t>(bytes)));
  WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(cudaStreamLegacy));
}

}  // namespace warpgauge::bench
