// The oracle on a GPU. For each key/value head, the chosen query rows of all its query heads form one matrix.
//
//   S = Q K^T, P = softmax(S), then P V, P |V| and (P o P)(V o V)      f64 GEMMs
//   S and P V again in f32, TF32 off, with the kernel's roundings: the low-precision twin
#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cub/block/block_reduce.cuh>
#include <limits>
#include <numeric>

#include "fuzz/budget.h"
#include "fuzz/device_array.h"
#include "fuzz/oracle_backends.h"
#include "kernels/backend.h"
#include "kernels/cuda_check.h"

namespace warpgauge {
namespace {

constexpr int kThreads = 256;
constexpr std::int64_t kChunkElements = std::int64_t{1} << 25;  // of S; limits the memory

struct Largest {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return b <= a ? a : b;
  }
};

// Ignores NaN, as the oracle on the CPU does.
struct LargestNumber {
  __device__ double operator()(double a, double b) const { return fmax(a, b); }
};

struct Least {
  __device__ double operator()(double a, double b) const { return fmin(a, b); }
};

struct Sum {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a + b;
  }
};

// All threads of the block get the result.
template <class T, class Operation>
__device__ T reduce_block(T value, Operation operation) {
  using Reduce = cub::BlockReduce<T, kThreads>;
  __shared__ typename Reduce::TempStorage storage;
  __shared__ T shared;
  __syncthreads();
  const T result = Reduce(storage).Reduce(value, operation);
  if (threadIdx.x == 0) shared = result;
  __syncthreads();
  return shared;
}

// What the softmax of a row leaves besides its weights.
struct RowSoftmax {
  double lse, sum, weight_square, sum_error, logit_peak;
};

// One block per row of n: unscaled logits become normalized weights, zero past the visible keys.
__global__ void softmax_rows(double* logits, const int* visible, int n, double scale, RowSoftmax* results) {
  double* row = logits + static_cast<std::int64_t>(blockIdx.x) * n;
  const int keys = visible[blockIdx.x];
  double largest = -std::numeric_limits<double>::infinity(), peak = 0;
  for (int j = threadIdx.x; j < keys; j += kThreads) {
    row[j] *= scale;
    largest = Largest()(largest, row[j]);
    peak = LargestNumber()(peak, fabs(row[j]));
  }
  largest = reduce_block(largest, Largest());
  peak = reduce_block(peak, LargestNumber());
  double sum = 0, square = 0, least = 1, error = 0;
  for (int j = threadIdx.x; j < keys; j += kThreads) {
    sum += row[j] = exp(row[j] - largest);
    least = fmin(least, row[j]);
  }
  sum = reduce_block(sum, Sum());
  least = reduce_block(least, Least());
  for (int j = threadIdx.x; j < n; j += kThreads) {
    row[j] = j < keys ? row[j] / sum : 0.0;
    square += row[j] * row[j];
    error += sum_error_of(row[j], (1 - least) / sum);
  }
  square = reduce_block(square, Sum());
  error = reduce_block(error, Sum());
  if (threadIdx.x == 0) results[blockIdx.x] = {largest + log(sum), sum, square, error, peak};
}

// One block per row of n: unscaled logits of the twin become exp(logit - maximum), zero past the visible
// keys.
__global__ void exponentials_of_rows(float* logits, const int* visible, int n, float scale) {
  float* row = logits + static_cast<std::int64_t>(blockIdx.x) * n;
  const int keys = visible[blockIdx.x];
  float largest = -std::numeric_limits<float>::infinity();
  for (int j = threadIdx.x; j < keys; j += kThreads) {
    row[j] *= scale;
    largest = Largest()(largest, row[j]);
  }
  largest = reduce_block(largest, Largest());
  for (int j = threadIdx.x; j < n; j += kThreads) row[j] = j < keys ? exp(row[j] - largest) : 0.0f;
}

// One block per row of n: the largest of its visible elements, none of which is negative.
__global__ void largest_of_rows(const double* matrix, const int* visible, int n, double* largest) {
  const double* row = matrix + static_cast<std::int64_t>(blockIdx.x) * n;
  double found = 0;
  for (int j = threadIdx.x; j < visible[blockIdx.x]; j += kThreads) found = LargestNumber()(found, row[j]);
  found = reduce_block(found, LargestNumber());
  if (threadIdx.x == 0) largest[blockIdx.x] = found;
}

// One block per row: extremes and sum of squares of the visible values of V [n, dim], one per column.
// Extremes ignore NaN, as the oracle on the CPU does.
__global__ void range_of_values(const float* v, const int* visible, int dim, float* lowest, float* highest,
                                double* square) {
  for (int d = threadIdx.x; d < dim; d += kThreads) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    double sum = 0;
    for (std::int64_t j = 0; j < visible[blockIdx.x]; ++j) {
      const float value = v[j * dim + d];
      low = fminf(low, value);
      high = fmaxf(high, value);
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    const std::int64_t at = std::int64_t{blockIdx.x} * dim + d;
    lowest[at] = low;
    highest[at] = high;
    square[at] = sum;
  }
}

__global__ void square(double* values, std::int64_t size) {
  const std::int64_t n = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (n < size) values[n] *= values[n];
}

// Created once per process: it takes milliseconds.
cublasHandle_t handle() {
  static const cublasHandle_t created = [] {
    cublasHandle_t h;
    WARPGAUGE_CUDA_CHECK(cublasCreate(&h));
    WARPGAUGE_CUDA_CHECK(cublasSetMathMode(h, CUBLAS_PEDANTIC_MATH));
    return h;
  }();
  return created;
}

// Column-major: C [m, n] = op(A) B, C contiguous.
void gemm(cublasOperation_t op, int m, int n, int k, const double* a, int lda, const double* b, int ldb,
          double* c) {
  const double one = 1, zero = 0;
  WARPGAUGE_CUDA_CHECK(cublasDgemm(handle(), op, CUBLAS_OP_N, m, n, k, &one, a, lda, b, ldb, &zero, c, m));
}

void gemm(cublasOperation_t op, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
          float* c) {
  const float one = 1, zero = 0;
  WARPGAUGE_CUDA_CHECK(cublasSgemm(handle(), op, CUBLAS_OP_N, m, n, k, &one, a, lda, b, ldb, &zero, c, m));
}

// Launches <<<blocks, kThreads>>> and checks for errors.
template <class... Parameters, class... Arguments>
void run(void (*kernel)(Parameters...), int blocks, Arguments... arguments) {
  kernel<<<blocks, kThreads>>>(arguments...);
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
}

int blocks_for(std::int64_t size) {
  return static_cast<int>((size + kThreads - 1) / kThreads);
}

// A matrix in f64, its magnitudes in f64, and in f32.
struct Matrix {
  DeviceArray<double> wide, magnitude;
  DeviceArray<float> low;

  explicit Matrix(std::int64_t size) : wide(size), magnitude(size), low(size) {}
  void upload(const std::vector<float>& values) {
    std::vector<double> doubles(values.begin(), values.end());
    low.upload(values);
    wide.upload(doubles);
    for (double& element : doubles) element = std::abs(element);
    magnitude.upload(doubles);
  }
};

// Elements first..first+count of a tensor.
std::vector<float> slice(const std::vector<float>& tensor, std::int64_t first, std::int64_t count) {
  return {tensor.begin() + first, tensor.begin() + first + count};
}

// The operands of one key/value head.
struct Head {
  Matrix k, v;                   // [keys, D]
  DeviceArray<double> v_square;  // [keys, D]

  explicit Head(std::int64_t size) : k(size), v(size), v_square(size) {}
  void upload(const std::vector<float>& key, const std::vector<float>& value) {
    k.upload(key);
    v.upload(value);
    std::vector<double> squares(value.begin(), value.end());
    for (double& element : squares) element *= element;
    v_square.upload(squares);
  }
};

// The query rows of a chunk, and how many keys each sees.
struct Queries {
  std::vector<float> values;  // [count, D]
  std::vector<int> visible;   // [count]
};

Queries queries_of(const Inputs& in, const std::vector<std::int64_t>& rows, std::size_t first,
                   std::int64_t count) {
  const Problem& p = in.problem;
  Queries queries;
  for (std::int64_t r = 0; r < count; ++r) {
    const std::int64_t row = rows[first + r];
    queries.values.insert(queries.values.end(), in.q.begin() + row * p.head_dim,
                          in.q.begin() + (row + 1) * p.head_dim);
    queries.visible.push_back(static_cast<int>(visible_keys(p, row % p.seq_q)));
  }
  return queries;
}

void round_elements(Dtype dtype, DeviceArray<float>& array, std::vector<float>& host) {
  for (float& element : host) element = round_to(dtype, element);
  array.upload(host);
}

// P V of the low-precision twin, [count, D], with the kernel's roundings.
std::vector<float> twin_output(const Problem& p, const Rounding& rounding, const Head& head,
                               const Queries& queries, const DeviceArray<int>& visible) {
  const int n = static_cast<int>(p.seq_k), dim = static_cast<int>(p.head_dim),
            rows = static_cast<int>(queries.visible.size());
  const std::int64_t elements = std::int64_t{rows} * n, outputs = std::int64_t{rows} * dim;
  DeviceArray<float> q(outputs), weights(elements), sums(outputs);
  q.upload(twin_queries(p, rounding, queries.values));
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.low.data(), dim, q.data(), dim, weights.data());
  if (rounding.logits) {  // the scale is not rounded: the relative errors are those of scaled logits
    std::vector<float> logits = weights.download(elements);
    round_elements(p.dtype, weights, logits);
  }
  const float scale = rounding.scaled_query ? 1.0f : static_cast<float>(p.scale);
  run(exponentials_of_rows, rows, weights.data(), visible.data(), n, scale);
  std::vector<float> host = weights.download(elements), divisors(static_cast<std::size_t>(rows));
  const auto sum_rows = [&] {
    for (int r = 0; r < rows; ++r)
      divisors[r] =
          std::accumulate(host.begin() + std::int64_t{r} * n, host.begin() + std::int64_t{r + 1} * n, 0.0f);
  };
  sum_rows();
  if (rounding.weights == Rounding::Weights::before_division) {
    round_elements(p.dtype, weights, host);
    if (rounding.row_sum) sum_rows();
  } else {
    for (std::int64_t at = 0; at < elements; ++at) host[at] /= divisors[at / n];
    std::fill(divisors.begin(), divisors.end(), 1.0f);
    if (rounding.weights == Rounding::Weights::after_division)
      round_elements(p.dtype, weights, host);
    else
      weights.upload(host);
  }
  gemm(CUBLAS_OP_N, dim, rows, n, head.v.low.data(), dim, weights.data(), n, sums.data());
  std::vector<float> output = sums.download(outputs);
  for (std::int64_t at = 0; at < outputs; ++at) output[at] /= divisors[at / dim];
  return output;
}

// The largest of the visible sums [count, n], one per row.
std::vector<double> largest_visible(const DeviceArray<double>& sums, const DeviceArray<int>& visible, int n,
                                    std::int64_t count) {
  DeviceArray<double> largest(count);
  run(largest_of_rows, static_cast<int>(count), sums.data(), visible.data(), n, largest.data());
  return largest.download(count);
}

// Per row, max over j of sum_d |error_d k_jd|; zeros if the kernel does not round scaled queries.
std::vector<double> query_roundings(const Problem& p, const Rounding& rounding, const Head& head,
                                    const Queries& queries, const DeviceArray<int>& visible) {
  const int n = static_cast<int>(p.seq_k), dim = static_cast<int>(p.head_dim);
  const auto count = static_cast<std::int64_t>(queries.visible.size());
  if (!rounding.scaled_query) return std::vector<double>(queries.visible.size());
  DeviceArray<double> errors(count * dim), sums(count * n);
  errors.upload(query_rounding_errors(p, rounding, queries.values));
  gemm(CUBLAS_OP_T, n, static_cast<int>(count), dim, head.k.magnitude.data(), dim, errors.data(), dim,
       sums.data());
  return largest_visible(sums, visible, n, count);
}

// Computes rows first..first+count of the reference, which all read `head`, on the default stream.
void compute_chunk(const Inputs& in, const Head& head, std::size_t first, std::int64_t count,
                   Reference& out) {
  const Problem& p = in.problem;
  const int n = static_cast<int>(p.seq_k), dim = static_cast<int>(p.head_dim), rows = static_cast<int>(count);
  const Queries queries = queries_of(in, out.rows, first, count);
  DeviceArray<int> visible(count);
  visible.upload(queries.visible);
  Matrix q(count * dim);
  q.upload(queries.values);

  DeviceArray<double> weights(count * n), sums(count * dim);
  DeviceArray<RowSoftmax> device_softmax(count);
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.magnitude.data(), dim, q.magnitude.data(), dim, weights.data());
  const std::vector<double> logit_mass = largest_visible(weights, visible, n, count);
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.wide.data(), dim, q.wide.data(), dim, weights.data());
  run(softmax_rows, rows, weights.data(), visible.data(), n, p.scale, device_softmax.data());
  const auto weighted = [&](const DeviceArray<double>& v) {
    gemm(CUBLAS_OP_N, dim, rows, n, v.data(), dim, weights.data(), n, sums.data());
    return sums.download(count * dim);
  };
  const std::vector<double> output = weighted(head.v.wide), mass = weighted(head.v.magnitude);
  run(square, blocks_for(count * n), weights.data(), count * n);
  const std::vector<double> squares = weighted(head.v_square);

  DeviceArray<float> device_lowest(count * dim), device_highest(count * dim);
  run(range_of_values, rows, head.v.low.data(), visible.data(), dim, device_lowest.data(),
      device_highest.data(), sums.data());
  const std::vector<float> lowest = device_lowest.download(count * dim),
                           highest = device_highest.download(count * dim);
  const std::vector<double> value_squares = sums.download(count * dim);

  const std::vector<float> low = twin_output(p, out.rounding, head, queries, visible);
  const std::vector<double> query_rounding = query_roundings(p, out.rounding, head, queries, visible);
  const std::vector<RowSoftmax> softmax = device_softmax.download(count);
  for (std::int64_t r = 0; r < count; ++r) {
    if (queries.visible[r] == 0) {
      out.lse[first + r] = -std::numeric_limits<double>::infinity();
      continue;
    }
    RowTerms terms;
    terms.logit_mass = logit_mass[r] * std::abs(p.scale);
    terms.sum_error = softmax[r].sum_error;
    terms.weight_spread = std::sqrt(softmax[r].weight_square);
    terms.row_sum = softmax[r].sum;
    terms.logit_peak = softmax[r].logit_peak;
    terms.query_rounding = query_rounding[r];
    const std::int64_t at = r * dim;
    store_row(p, queries.visible[r],
              {output.data() + at, squares.data() + at, value_squares.data() + at, mass.data() + at,
               low.data() + at, lowest.data() + at, highest.data() + at, softmax[r].lse, terms},
              first + r, out);
  }
}

// The key/value head that a row reads, counted through [B, Hkv].
std::int64_t kv_head_of(const Problem& p, std::int64_t row) {
  const std::int64_t head = row / p.seq_q;
  return head / p.heads * p.kv_heads + head % p.heads / (p.heads / p.kv_heads);
}

}  // namespace

std::string cublas_unavailable() {
  return backend_unavailable(Backend::cuda);
}

Reference reference_cublas(const Inputs& in, std::vector<std::int64_t> rows, const Rounding& rounding) {
  const Problem& p = in.problem;
  Reference out = empty_reference(p, std::move(rows), rounding);
  if (p.seq_k == 0) {
    std::fill(out.lse.begin(), out.lse.end(), -std::numeric_limits<double>::infinity());
    return out;
  }
  const std::int64_t head_size = p.seq_k * p.head_dim,
                     chunk = std::max<std::int64_t>(1, kChunkElements / p.seq_k);
  Head head(head_size);
  for (std::size_t first = 0, end; first < out.rows.size(); first = end) {
    const std::int64_t kv_head = kv_head_of(p, out.rows[first]);
    const bool is_loaded = first > 0 && kv_head == kv_head_of(p, out.rows[first - 1]);
    if (!is_loaded)
      head.upload(slice(in.k, kv_head * head_size, head_size), slice(in.v, kv_head * head_size, head_size));
    for (end = first; end < out.rows.size() && static_cast<std::int64_t>(end - first) < chunk; ++end)
      if (kv_head_of(p, out.rows[end]) != kv_head) break;
    compute_chunk(in, head, first, static_cast<std::int64_t>(end - first), out);
  }
  return out;
}

}  // namespace warpgauge
