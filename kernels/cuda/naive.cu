// cuda/naive: the definition of attention with an online softmax, one thread block per query row. Supports
// any problem, with all variants, and any strides. Written for clarity, not speed. Logits, softmax and
// accumulation are f32, with expf and logf.
//
// The block processes chunks of one key per thread. Each thread computes the logit of its key, and the block
// reduces the maximum and the sum. Then each thread accumulates its share of the Dv columns of P V.
#include <algorithm>

#include "kernels/cuda/element.cuh"
#include "kernels/cuda/reduce.cuh"
#include "kernels/cuda_check.h"
#include "kernels/kernel.h"

namespace warpgauge {
namespace {

constexpr int kThreads = 128;

// Shared memory: the row of Q [D] and the accumulator of O [Dv] as f32, the chunk's weights, scratch of the
// reductions.
std::size_t shared_bytes(const Problem& p) {
  return static_cast<std::size_t>(p.head_dim + value_dim_of(p) + kThreads + cuda::kReduceScratch) *
         sizeof(float);
}

// The logit of a product of Q and K: scale, soft cap, and bias. The product of two f32 is not fused with what
// follows: the maximum that is subtracted is rounded, and with huge logits the largest weight would not be 1.
__device__ float logit_of(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t h, std::int64_t i,
                          std::int64_t j, float scale, float dot) {
  float logit = __fmul_rn(dot, scale);
  if (p.softcap != 0) {
    const auto cap = static_cast<float>(p.softcap);
    logit = __fmul_rn(cap, tanhf(__fdiv_rn(logit, cap)));
  }
  if (p.bias == Bias::alibi)
    logit = __fsub_rn(logit, __fmul_rn(t.slopes[h], static_cast<float>(key_distance(p, i, j))));
  const Strides& s = t.bias_strides;
  if (p.bias == Bias::tensor) logit = __fadd_rn(logit, t.bias[b * s.batch + h * s.head + i * s.row + j]);
  return logit;
}

template <class Q, class K, class O>
__global__ void attend_rows(Problem p, Tensors t) {
  extern __shared__ float shared[];
  const std::int64_t value_dim = p.value_dim == 0 ? p.head_dim : p.value_dim;
  float *q_row = shared, *o_row = q_row + p.head_dim, *weights = o_row + value_dim,
        *scratch = weights + kThreads;
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t row = blockIdx.x, i = row % p.seq_q, h = row / p.seq_q % p.heads,
                     b = row / p.seq_q / p.heads;
  const std::int64_t kv_head = h / (p.heads / p.kv_heads);
  const Q* q =
      static_cast<const Q*>(t.q) + b * t.q_strides.batch + h * t.q_strides.head + i * t.q_strides.row;
  const K* k = static_cast<const K*>(t.k) + b * t.k_strides.batch + kv_head * t.k_strides.head;
  const K* v = static_cast<const K*>(t.v) + b * t.v_strides.batch + kv_head * t.v_strides.head;
  O* o = static_cast<O*>(t.o) + b * t.o_strides.batch + h * t.o_strides.head + i * t.o_strides.row;
  const float scale = static_cast<float>(p.scale) * t.q_descale.at(b, kv_head) * t.k_descale.at(b, kv_head);

  for (std::int64_t d = thread; d < p.head_dim; d += kThreads) q_row[d] = cuda::to_float(q[d]);
  for (std::int64_t d = thread; d < value_dim; d += kThreads) o_row[d] = 0;
  __syncthreads();

  const KeyRange keys = visible_range(p, i);
  // The sink is a key without a value.
  float largest = p.sinks ? t.sinks[h] : -INFINITY, sum = p.sinks ? 1.0f : 0.0f;
  for (std::int64_t first = keys.first; first < keys.last; first += kThreads) {
    const std::int64_t j = first + thread;
    float logit = -INFINITY;
    if (j < keys.last) {
      float dot = 0;
      for (std::int64_t d = 0; d < p.head_dim; ++d)
        dot += q_row[d] * cuda::to_float(k[j * t.k_strides.row + d]);
      logit = logit_of(p, t, b, h, i, j, scale, dot);
    }
    const float chunk_max = cuda::block_max(logit, scratch);
    const float new_max = chunk_max > largest ? chunk_max : largest;
    const float weight = j < keys.last ? expf(logit - new_max) : 0.0f;
    weights[thread] = weight;
    const float rescale = sum == 0 ? 0.0f : expf(largest - new_max);
    sum = sum * rescale + cuda::block_sum(weight, scratch);  // its barriers also make the weights visible
    largest = new_max;
    const int count = static_cast<int>(keys.last - first < kThreads ? keys.last - first : kThreads);
    for (std::int64_t d = thread; d < value_dim; d += kThreads) {
      float total = o_row[d] * rescale;
      for (int c = 0; c < count; ++c)
        total += weights[c] * cuda::to_float(v[(first + c) * t.v_strides.row + d]);
      o_row[d] = total;
    }
    __syncthreads();  // before the next chunk overwrites the weights
  }

  const float inverse = keys.count() > 0 ? 1.0f / sum : 0.0f, factor = t.v_descale.at(b, kv_head);
  for (std::int64_t d = thread; d < value_dim; d += kThreads)
    o[d] = cuda::from_float<O>(o_row[d] * inverse * factor);
  if (thread == 0) t.lse[row] = keys.count() > 0 ? largest + logf(sum) : largest;
}

std::string supports(const Problem& p, const Tensors&) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (shared_bytes(p) > 48 * 1024) return "D is too large: a block has 48 KiB of shared memory";
  if (lse_elements(p) > INT32_MAX) return "B * H * S must be at most 2^31 - 1 (grid size limit)";
  return {};
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  const auto rows = static_cast<unsigned>(lse_elements(p));
  cuda::with_operand_types(p, [&](auto query, auto key, auto output) {
    attend_rows<decltype(query), decltype(key), decltype(output)>
        <<<rows, kThreads, shared_bytes(p), static_cast<cudaStream_t>(l.stream)>>>(p, t);
  });
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
}

}  // namespace

extern const Kernel cuda_naive{
    .name = "naive",
    .backend = Backend::cuda,
    .summary = "reference with an online softmax, one block per row; f32 arithmetic",
    .deterministic = true,
    .supports = supports,
    .workspace_bytes = nullptr,
    .launch = launch};

}  // namespace warpgauge
