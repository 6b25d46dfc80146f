// cuda/cublas: unfused attention as a library user would write it: batched GEMM, row softmax, batched GEMM.
// Logits and softmax are f32, probabilities are rounded to the operands' type before P V, accumulation is
// f32. TF32 and reduced-precision reductions are off.
//
// A GEMM covers as many heads as fit 1 GiB of logits, at least one. If the tensors' strides permit, heads of
// different batch entries share a GEMM.
//
// cuBLAS is column-major and sees a row-major [rows, D] as [D, rows]. The calls therefore compute S^T = K Q^T
// and O^T = V^T P^T.
#include <algorithm>

#include "kernels/cuda/element.cuh"
#include "kernels/cuda/reduce.cuh"
#include "kernels/cuda_check.h"
#include "kernels/kernel.h"

namespace warpgauge {
namespace {

constexpr int kThreads = 256;
constexpr std::int64_t kMaxLogits = std::int64_t{1} << 28;  // f32 elements: 1 GiB
constexpr std::int64_t kMaxMatrices = 65535;                // per batched GEMM (grid size limit)

// Leading dimension of the logits: a multiple of 8 elements, for 16-byte aligned loads of P.
std::int64_t padded_keys(const Problem& p) {
  return std::max<std::int64_t>(8, (p.seq_k + 7) / 8 * 8);
}

// The maximum number of kv heads per GEMM, each with one query head.
std::int64_t heads_at_once(const Problem& p) {
  const std::int64_t most = std::min(kMaxMatrices, p.batch * p.kv_heads);
  return std::clamp<std::int64_t>(kMaxLogits / (p.seq_q * padded_keys(p)), 1, most);
}

// In f32 the probabilities replace the logits; 16-bit probabilities need their own memory.
std::int64_t workspace_bytes(const Problem& p, int) {
  const std::int64_t elements = heads_at_once(p) * p.seq_q * padded_keys(p);
  return elements * (4 + (p.dtype == Dtype::f32 ? 0 : dtype_bytes(p.dtype)));
}

// Softmax of logits [heads, Sq, ld], one block per row. Writes probabilities (zero if masked) and LSE. The
// heads are `lse_step` floats apart in `lse`.
template <class T>
__global__ void softmax_rows(Problem p, const float* logits, T* probabilities, std::int64_t ld, float* lse,
                             std::int64_t lse_step) {
  __shared__ float scratch[cuda::kReduceScratch];
  const std::int64_t row = blockIdx.x, i = row % p.seq_q, head = row / p.seq_q;
  const std::int64_t last = p.mask == Mask::causal ? i + p.seq_k - p.seq_q : p.seq_k - 1;
  const std::int64_t keys = last + 1 < p.seq_k ? last + 1 : p.seq_k;
  const float* from = logits + row * ld;
  T* to = probabilities + row * ld;

  float largest = -INFINITY, sum = 0;
  for (std::int64_t j = threadIdx.x; j < keys; j += kThreads) largest = fmaxf(largest, from[j]);
  largest = cuda::block_max(largest, scratch);
  for (std::int64_t j = threadIdx.x; j < keys; j += kThreads) sum += expf(from[j] - largest);
  sum = cuda::block_sum(sum, scratch);
  for (std::int64_t j = threadIdx.x; j < p.seq_k; j += kThreads)
    to[j] = cuda::from_float<T>(j < keys ? expf(from[j] - largest) / sum : 0.0f);
  if (threadIdx.x == 0) lse[head * lse_step + i] = keys > 0 ? largest + logf(sum) : -INFINITY;
}

// For a problem without keys: O = 0, LSE = -inf. One block per row.
template <class T>
__global__ void fill_empty(Problem p, Tensors t) {
  const std::int64_t row = blockIdx.x, i = row % p.seq_q, h = row / p.seq_q % p.heads,
                     b = row / p.seq_q / p.heads;
  T* o = static_cast<T*>(t.o) + b * t.o_strides.batch + h * t.o_strides.head + i * t.o_strides.row;
  for (std::int64_t d = threadIdx.x; d < p.head_dim; d += blockDim.x) o[d] = cuda::from_float<T>(0.0f);
  if (threadIdx.x == 0) t.lse[row] = -INFINITY;
}

cublasHandle_t handle_on(cudaStream_t stream) {
  thread_local cublasHandle_t handle = [] {
    cublasHandle_t created = nullptr;
    WARPGAUGE_CUDA_CHECK(cublasCreate(&created));
    WARPGAUGE_CUDA_CHECK(cublasSetMathMode(created, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
    return created;
  }();
  WARPGAUGE_CUDA_CHECK(cublasSetStream(handle, stream));
  return handle;
}

cudaDataType_t cublas_type(Dtype dtype) {
  return dtype == Dtype::f32 ? CUDA_R_32F : dtype == Dtype::f16 ? CUDA_R_16F : CUDA_R_16BF;
}

// A strided batch of matrices, column-major.
struct Operand {
  const void* data;
  cudaDataType_t type;
  std::int64_t ld;      // elements between neighbouring columns
  std::int64_t stride;  // elements between neighbouring matrices
};

// C [m, n] = alpha op(A) B with inner size k, column-major, `count` times; f32 accumulation.
void gemm(cublasHandle_t handle, cublasOperation_t op_a, std::int64_t m, std::int64_t n, std::int64_t k,
          float alpha, const Operand& a, const Operand& b, const Operand& c, std::int64_t count) {
  const float beta = 0;
  WARPGAUGE_CUDA_CHECK(cublasGemmStridedBatchedEx(
      handle, op_a, CUBLAS_OP_N, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), &alpha,
      a.data, a.type, static_cast<int>(a.ld), a.stride, b.data, b.type, static_cast<int>(b.ld), b.stride,
      &beta, const_cast<void*>(c.data), c.type, static_cast<int>(c.ld), c.stride, static_cast<int>(count),
      CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
}

// Computes `count` kv heads of batch entry b from `first` on, each with query head `member` of its group.
template <class T>
void attend_heads(const Problem& p, const Tensors& t, const Launch& l, std::int64_t b, std::int64_t member,
                  std::int64_t first, std::int64_t count) {
  const std::int64_t group = p.heads / p.kv_heads, head = first * group + member, ld = padded_keys(p);
  const auto stream = static_cast<cudaStream_t>(l.stream);
  const cublasHandle_t handle = handle_on(stream);
  const cudaDataType_t type = cublas_type(p.dtype);
  const auto operand = [&](const void* base, const Strides& s, std::int64_t h, std::int64_t heads_apart) {
    return Operand{static_cast<const T*>(base) + b * s.batch + h * s.head, type, s.row, s.head * heads_apart};
  };
  auto* logits = static_cast<float*>(l.workspace);
  auto* probabilities = reinterpret_cast<T*>(logits);
  if constexpr (sizeof(T) < sizeof(float))
    probabilities = reinterpret_cast<T*>(logits + heads_at_once(p) * p.seq_q * ld);

  gemm(handle, CUBLAS_OP_T, p.seq_k, p.seq_q, p.head_dim, static_cast<float>(p.scale),
       operand(t.k, t.k_strides, first, 1), operand(t.q, t.q_strides, head, group),
       {logits, CUDA_R_32F, ld, p.seq_q * ld}, count);
  softmax_rows<T><<<static_cast<unsigned>(count * p.seq_q), kThreads, 0, stream>>>(
      p, logits, probabilities, ld, t.lse + (b * p.heads + head) * p.seq_q, group * p.seq_q);
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  gemm(handle, CUBLAS_OP_N, p.head_dim, p.seq_q, p.seq_k, 1.0f, operand(t.v, t.v_strides, first, 1),
       {probabilities, type, ld, p.seq_q * ld}, operand(t.o, t.o_strides, head, group), count);
}

template <class T>
void attend_batch(const Problem& p, const Tensors& t, const Launch& l) {
  const std::int64_t step = heads_at_once(p);
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t member = 0; member < p.heads / p.kv_heads; ++member)
      for (std::int64_t first = 0; first < p.kv_heads; first += step)
        attend_heads<T>(p, t, l, b, member, first, std::min(step, p.kv_heads - first));
}

// Whether all heads of all batch entries have the same distance, as in packed tensors.
bool has_uniform_head_stride(const Problem& p, const Tensors& t) {
  const auto is_even = [](const Strides& s, std::int64_t heads) { return s.batch == heads * s.head; };
  return is_even(t.q_strides, p.heads) && is_even(t.k_strides, p.kv_heads) &&
         is_even(t.v_strides, p.kv_heads) && is_even(t.o_strides, p.heads);
}

// Treats all heads as those of one batch entry, for fewer launches: a stream's queue holds only about a
// thousand.
Problem as_one_entry(Problem p) {
  p.heads *= p.batch;
  p.kv_heads *= p.batch;
  p.batch = 1;
  return p;
}

template <class T>
void attend(const Problem& p, const Tensors& t, const Launch& l) {
  if (p.seq_k == 0) {
    fill_empty<T>
        <<<static_cast<unsigned>(lse_elements(p)), kThreads, 0, static_cast<cudaStream_t>(l.stream)>>>(p, t);
    WARPGAUGE_CUDA_CHECK(cudaGetLastError());
    return;
  }
  if (has_uniform_head_stride(p, t))
    attend_batch<T>(as_one_entry(p), t, l);
  else
    attend_batch<T>(p, t, l);
}

std::string supports(const Problem& p, const Tensors& tensors) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (std::string variant = unsupported_variant(p); !variant.empty()) return variant;
  if (p.seq_q > INT32_MAX || p.seq_k > INT32_MAX || p.seq_q * padded_keys(p) > INT32_MAX ||
      p.head_dim > INT32_MAX || lse_elements(p) > INT32_MAX)
    return "sizes must be at most 2^31 - 1 (32-bit interface of cuBLAS)";
  const Tensors t = with_meaningful_strides(p, tensors);
  for (const Strides& s : {t.q_strides, t.k_strides, t.v_strides, t.o_strides})
    if (s.row < p.head_dim || s.row > INT32_MAX)
      return "row strides must be at least D and at most 2^31 - 1 (leading dimension of cuBLAS)";
  return {};
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  const Tensors tensors = with_meaningful_strides(p, t);
  cuda::with_element_type(p.dtype, [&](auto element) {
    if constexpr (!std::is_same_v<decltype(element), __nv_fp8_e4m3>) attend<decltype(element)>(p, tensors, l);
  });
}

}  // namespace

extern const Kernel cuda_cublas{
    .name = "cublas",
    .backend = Backend::cuda,
    .summary = "unfused: cuBLAS GEMM, row softmax, GEMM; f32 accumulation, TF32 off",
    .deterministic = true,
    .rounding = {.weights = Rounding::Weights::after_division},
    .supports = supports,
    .workspace_bytes = workspace_bytes,
    .launch = launch};

}  // namespace warpgauge
