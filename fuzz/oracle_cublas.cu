// The oracle on a GPU. For each key/value head, the chosen query rows of all its query heads form one matrix.
//
//   S = Q K^T, P = softmax(S), then P V, P |V| and (P o P)(V o V)      f64 GEMMs
//   S and P V again in f32, TF32 off, P rounded to the input type: the low-precision twin
#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cub/block/block_reduce.cuh>
#include <limits>

#include "fuzz/budget.h"
#include "fuzz/oracle_backends.h"
#include "kernels/backend.h"
#include "kernels/cuda_check.h"

namespace warpgauge {
namespace {

constexpr int kThreads = 256;
constexpr std::int64_t kChunkElements = std::int64_t{1} << 25;  // of S; limits the memory

template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::int64_t size)
      : buffer_(Backend::cuda, static_cast<std::size_t>(size) * sizeof(T)) {}
  T* data() const { return static_cast<T*>(buffer_.data()); }
  void upload(const std::vector<T>& host) { buffer_.upload(host.data(), host.size() * sizeof(T)); }
  std::vector<T> download(std::int64_t size) const {
    std::vector<T> host(static_cast<std::size_t>(size));
    buffer_.download(host.data(), host.size() * sizeof(T));
    return host;
  }

 private:
  Buffer buffer_;
};

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

// One block per row of n: unscaled logits become weights, zero past the visible keys.
template <class T>
__global__ void softmax_rows(T* logits, const int* visible, int n, T scale, T* lse) {
  T* row = logits + static_cast<std::int64_t>(blockIdx.x) * n;
  const int keys = visible[blockIdx.x];
  T largest = -std::numeric_limits<T>::infinity();
  for (int j = threadIdx.x; j < keys; j += kThreads) {
    row[j] *= scale;
    largest = Largest()(largest, row[j]);
  }
  largest = reduce_block(largest, Largest());
  T sum = 0;
  for (int j = threadIdx.x; j < keys; j += kThreads) sum += row[j] = exp(row[j] - largest);
  sum = reduce_block(sum, Sum());
  for (int j = threadIdx.x; j < n; j += kThreads) row[j] = j < keys ? row[j] / sum : T(0);
  if (threadIdx.x == 0) lse[blockIdx.x] = largest + log(sum);
}

// One block per row of n: the largest of its visible elements, none of which is negative.
__global__ void largest_of_rows(const double* matrix, const int* visible, int n, double* largest) {
  const double* row = matrix + static_cast<std::int64_t>(blockIdx.x) * n;
  double found = 0;
  for (int j = threadIdx.x; j < visible[blockIdx.x]; j += kThreads) found = LargestNumber()(found, row[j]);
  found = reduce_block(found, LargestNumber());
  if (threadIdx.x == 0) largest[blockIdx.x] = found;
}

// One block per row of n weights: the sum of those below kAbsorbed.
__global__ void absorbed_of_rows(const double* weights, const int* visible, int n, double* absorbed) {
  const double* row = weights + static_cast<std::int64_t>(blockIdx.x) * n;
  double sum = 0;
  for (int j = threadIdx.x; j < visible[blockIdx.x]; j += kThreads)
    if (row[j] < kAbsorbed) sum += row[j];
  sum = reduce_block(sum, Sum());
  if (threadIdx.x == 0) absorbed[blockIdx.x] = sum;
}

// One block per row: the smallest and the largest of the visible values of V [n, dim], one per column.
// Ignores NaN, as the oracle on the CPU does.
__global__ void range_of_values(const float* v, const int* visible, int dim, float* lowest, float* highest) {
  for (int d = threadIdx.x; d < dim; d += kThreads) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (std::int64_t j = 0; j < visible[blockIdx.x]; ++j) {
      low = fminf(low, v[j * dim + d]);
      high = fmaxf(high, v[j * dim + d]);
    }
    lowest[std::int64_t{blockIdx.x} * dim + d] = low;
    highest[std::int64_t{blockIdx.x} * dim + d] = high;
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

// Computes rows first..first+count of the reference, which all read `head`, on the default stream.
void compute_chunk(const Inputs& in, const Head& head, std::size_t first, std::int64_t count,
                   Reference& out) {
  const Problem& p = in.problem;
  const int n = static_cast<int>(p.seq_k), dim = static_cast<int>(p.head_dim), rows = static_cast<int>(count);
  std::vector<float> queries;
  std::vector<int> visible;
  for (std::int64_t r = 0; r < count; ++r) {
    const std::int64_t row = out.rows[first + r];
    queries.insert(queries.end(), in.q.begin() + row * dim, in.q.begin() + (row + 1) * dim);
    visible.push_back(static_cast<int>(visible_keys(p, row % p.seq_q)));
  }
  DeviceArray<int> device_visible(count);
  device_visible.upload(visible);
  Matrix q(count * dim);
  q.upload(queries);

  DeviceArray<double> weights(count * n), sums(count * dim), device_lse(count), device_mass(count),
      device_absorbed(count);
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.magnitude.data(), dim, q.magnitude.data(), dim, weights.data());
  run(largest_of_rows, rows, weights.data(), device_visible.data(), n, device_mass.data());
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.wide.data(), dim, q.wide.data(), dim, weights.data());
  run(softmax_rows<double>, rows, weights.data(), device_visible.data(), n, p.scale, device_lse.data());
  run(absorbed_of_rows, rows, weights.data(), device_visible.data(), n, device_absorbed.data());
  const auto weighted = [&](const DeviceArray<double>& v) {
    gemm(CUBLAS_OP_N, dim, rows, n, v.data(), dim, weights.data(), n, sums.data());
    return sums.download(count * dim);
  };
  const std::vector<double> output = weighted(head.v.wide), mass = weighted(head.v.magnitude);
  run(square, blocks_for(count * n), weights.data(), count * n);
  const std::vector<double> squares = weighted(head.v_square);

  DeviceArray<float> low_weights(count * n), low_sums(count * dim), low_lse(count);
  gemm(CUBLAS_OP_T, n, rows, dim, head.k.low.data(), dim, q.low.data(), dim, low_weights.data());
  run(softmax_rows<float>, rows, low_weights.data(), device_visible.data(), n, static_cast<float>(p.scale),
      low_lse.data());
  std::vector<float> rounded = low_weights.download(count * n);
  for (float& weight : rounded) weight = round_to(p.dtype, weight);
  low_weights.upload(rounded);
  gemm(CUBLAS_OP_N, dim, rows, n, head.v.low.data(), dim, low_weights.data(), n, low_sums.data());
  const std::vector<float> low = low_sums.download(count * dim);

  DeviceArray<float> device_lowest(count * dim), device_highest(count * dim);
  run(range_of_values, rows, head.v.low.data(), device_visible.data(), dim, device_lowest.data(),
      device_highest.data());
  const std::vector<float> lowest = device_lowest.download(count * dim),
                           highest = device_highest.download(count * dim);

  const std::vector<double> lse = device_lse.download(count), logit_mass = device_mass.download(count),
                            absorbed = device_absorbed.download(count);
  for (std::int64_t r = 0; r < count; ++r)
    if (visible[r] > 0)
      store_row(p,
                {output.data() + r * dim, squares.data() + r * dim, mass.data() + r * dim,
                 low.data() + r * dim, lowest.data() + r * dim, highest.data() + r * dim, lse[r],
                 logit_mass[r] * std::abs(p.scale), absorbed[r]},
                first + r, out);
    else
      out.lse[first + r] = -std::numeric_limits<double>::infinity();
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

Reference reference_cublas(const Inputs& in, std::vector<std::int64_t> rows) {
  const Problem& p = in.problem;
  Reference out = empty_reference(p, std::move(rows));
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
