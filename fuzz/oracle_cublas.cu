// The oracle on a GPU: for each key/value head, the wanted query rows of all its query heads as one matrix.
//
//   S = Q K^T, P = softmax(S), then P V, P |V| and (P o P)(V o V)      f64 GEMMs
//   the same S and P V once more in f32, TF32 off, P rounded to the input type: the low-precision twin
#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cub/block/block_reduce.cuh>
#include <limits>

#include "fuzz/oracle_backends.h"
#include "kernels/backend.h"
#include "kernels/cuda/check.h"

namespace warpgauge {
namespace {

constexpr int kThreads = 256;
constexpr std::int64_t kChunkElements = std::int64_t{1} << 25;  // of S; bounds the memory that is taken

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

// One block a row: logits [n] to weights, zero past the visible keys.
template <class T>
__global__ void softmax_rows(T* logits, const int* visible, int n, T scale, T* lse, T* max_logit) {
  using Reduce = cub::BlockReduce<T, kThreads>;
  __shared__ typename Reduce::TempStorage storage;
  __shared__ T shared;
  T* row = logits + static_cast<std::int64_t>(blockIdx.x) * n;
  const int keys = visible[blockIdx.x];
  const auto over_block = [&](T value, auto operation) {
    __syncthreads();
    const T result = Reduce(storage).Reduce(value, operation);
    if (threadIdx.x == 0) shared = result;
    __syncthreads();
    return shared;
  };
  T largest = -std::numeric_limits<T>::infinity(), magnitude = 0;
  for (int j = threadIdx.x; j < keys; j += kThreads) {
    row[j] *= scale;
    largest = Largest()(largest, row[j]);
    magnitude = Largest()(magnitude, std::abs(row[j]));
  }
  largest = over_block(largest, Largest());
  magnitude = over_block(magnitude, Largest());
  T sum = 0;
  for (int j = threadIdx.x; j < keys; j += kThreads) sum += row[j] = exp(row[j] - largest);
  sum = over_block(sum, [](T a, T b) { return a + b; });
  for (int j = threadIdx.x; j < n; j += kThreads) row[j] = j < keys ? row[j] / sum : T(0);
  if (threadIdx.x == 0) lse[blockIdx.x] = largest + log(sum), max_logit[blockIdx.x] = magnitude;
}

__global__ void square(double* values, std::int64_t size) {
  const std::int64_t n = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (n < size) values[n] *= values[n];
}

void gemm(cublasHandle_t h, cublasOperation_t op, int m, int n, int k, const double* a, int lda,
          const double* b, int ldb, double* c) {
  const double one = 1, zero = 0;
  WARPGAUGE_CUDA_CHECK(cublasDgemm(h, op, CUBLAS_OP_N, m, n, k, &one, a, lda, b, ldb, &zero, c, m));
}

void gemm(cublasHandle_t h, cublasOperation_t op, int m, int n, int k, const float* a, int lda,
          const float* b, int ldb, float* c) {
  const float one = 1, zero = 0;
  WARPGAUGE_CUDA_CHECK(cublasSgemm(h, op, CUBLAS_OP_N, m, n, k, &one, a, lda, b, ldb, &zero, c, m));
}

// Lives as long as the process: creating one takes milliseconds.
cublasHandle_t handle() {
  static const cublasHandle_t created = [] {
    cublasHandle_t h;
    WARPGAUGE_CUDA_CHECK(cublasCreate(&h));
    WARPGAUGE_CUDA_CHECK(cublasSetMathMode(h, CUBLAS_PEDANTIC_MATH));
    return h;
  }();
  return created;
}

int blocks_for(std::int64_t size) {
  return static_cast<int>((size + kThreads - 1) / kThreads);
}

// The matrices of one key/value head, in f64 and in f32.
struct Head {
  std::int64_t keys, dim;
  DeviceArray<double> k, v, v_magnitude, v_square;  // [keys, D]
  DeviceArray<float> low_k, low_v;

  Head(const Problem& p)
      : keys(p.seq_k),
        dim(p.head_dim),
        k(keys * dim),
        v(keys * dim),
        v_magnitude(keys * dim),
        v_square(keys * dim),
        low_k(keys * dim),
        low_v(keys * dim) {}

  void load(const Inputs& in, std::int64_t kv_head) {
    const auto from = [&](const std::vector<float>& all) {
      const auto begin = all.begin() + kv_head * keys * dim;
      return std::vector<float>(begin, begin + keys * dim);
    };
    const std::vector<float> key = from(in.k), value = from(in.v);
    low_k.upload(key);
    low_v.upload(value);
    k.upload(std::vector<double>(key.begin(), key.end()));
    std::vector<double> wide(value.begin(), value.end());
    v.upload(wide);
    for (double& element : wide) element = std::abs(element);
    v_magnitude.upload(wide);
    for (double& element : wide) element *= element;
    v_square.upload(wide);
  }
};

// Rows first..first+count of the reference, which all read `head`.
void compute_chunk(const Inputs& in, const Head& head, std::size_t first, std::int64_t count,
                   Reference& out) {
  const Problem& p = in.problem;
  const int n = static_cast<int>(head.keys), dim = static_cast<int>(head.dim), rows = static_cast<int>(count);
  std::vector<float> q;
  std::vector<int> visible;
  for (std::int64_t r = 0; r < count; ++r) {
    const std::int64_t row = out.rows[first + r];
    q.insert(q.end(), in.q.begin() + row * dim, in.q.begin() + (row + 1) * dim);
    visible.push_back(static_cast<int>(visible_keys(p, row % p.seq_q)));
  }
  DeviceArray<int> device_visible(count);
  device_visible.upload(visible);

  DeviceArray<double> wide_q(count * dim), weights(count * n), sums(count * dim), lse(count),
      max_logit(count);
  wide_q.upload(std::vector<double>(q.begin(), q.end()));
  gemm(handle(), CUBLAS_OP_T, n, rows, dim, head.k.data(), dim, wide_q.data(), dim, weights.data());
  softmax_rows<<<rows, kThreads>>>(weights.data(), device_visible.data(), n, p.scale, lse.data(),
                                   max_logit.data());
  const auto weighted = [&](const DeviceArray<double>& v) {
    gemm(handle(), CUBLAS_OP_N, dim, rows, n, v.data(), dim, weights.data(), n, sums.data());
    return sums.download(count * dim);
  };
  const std::vector<double> output = weighted(head.v), mass = weighted(head.v_magnitude);
  square<<<blocks_for(count * n), kThreads>>>(weights.data(), count * n);
  const std::vector<double> squares = weighted(head.v_square);

  DeviceArray<float> low_q(count * dim), low_weights(count * n), low_sums(count * dim), ignored(count);
  low_q.upload(q);
  gemm(handle(), CUBLAS_OP_T, n, rows, dim, head.low_k.data(), dim, low_q.data(), dim, low_weights.data());
  softmax_rows<<<rows, kThreads>>>(low_weights.data(), device_visible.data(), n, static_cast<float>(p.scale),
                                   ignored.data(), ignored.data());
  std::vector<float> rounded = low_weights.download(count * n);
  for (float& weight : rounded) weight = round_to(p.dtype, weight);
  low_weights.upload(rounded);
  gemm(handle(), CUBLAS_OP_N, dim, rows, n, head.low_v.data(), dim, low_weights.data(), n, low_sums.data());
  const std::vector<float> low = low_sums.download(count * dim);
  synchronize(Backend::cuda);

  const std::vector<double> row_lse = lse.download(count), row_max = max_logit.download(count);
  for (std::int64_t r = 0; r < count; ++r)
    if (visible[r] > 0)
      store_row(p,
                {output.data() + r * dim, squares.data() + r * dim, mass.data() + r * dim,
                 low.data() + r * dim, row_lse[r], row_max[r]},
                first + r, out);
    else
      out.lse[first + r] = -std::numeric_limits<double>::infinity();
}

// Which key/value head, counted through [B, Hkv], a row reads.
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
  Head head(p);
  const std::int64_t chunk = std::max<std::int64_t>(1, kChunkElements / p.seq_k);
  for (std::size_t first = 0, end; first < out.rows.size(); first = end) {
    const std::int64_t kv_head = kv_head_of(p, out.rows[first]);
    const bool is_loaded = first > 0 && kv_head == kv_head_of(p, out.rows[first - 1]);
    if (!is_loaded) head.load(in, kv_head);
    for (end = first; end < out.rows.size() && static_cast<std::int64_t>(end - first) < chunk; ++end)
      if (kv_head_of(p, out.rows[end]) != kv_head) break;
    compute_chunk(in, head, first, static_cast<std::int64_t>(end - first), out);
  }
  return out;
}

}  // namespace warpgauge
