#include <cublas_v2.h>

#include <algorithm>
#include <vector>

#include "bench/ceilings.h"
#include "bench/cuda/held_interval.cuh"
#include "fuzz/inputs.h"
#include "kernels/backend.h"
#include "kernels/cuda_check.h"

namespace warpgauge::bench {
namespace {

constexpr int kSize = 4096;  // m = n = k
constexpr int kRuns = 5;
constexpr std::size_t kReadBytes = std::size_t{1} << 30;  // larger than every L2

// The rate of several runs of work(stream), which does `amount`. Each is held back until it is queued, as the
// samples are: the latency of a launch does not count.
template <class Work>
Rate best_rate(double amount, Work work) {
  HeldInterval interval;
  work(interval.stream());  // the first launch loads code
  interval.stream().synchronize();
  std::vector<double> rates;
  for (int run = 0; run < kRuns; ++run)
    rates.push_back(amount / (interval.time_ns("the ceilings", [&] { work(interval.stream()); }) * 1e-9));
  return rate_of_runs(rates);
}

// Fills `buffer` with normal numbers. Zeros would draw less power and run faster than real data.
template <class T>
void fill(Buffer& buffer, Dtype dtype) {
  constexpr std::int64_t kElements = std::int64_t{kSize} * kSize;
  const Problem numbers{.seq_q = kElements, .seq_k = 0, .head_dim = 1, .dtype = dtype};
  const Inputs inputs = make_inputs(numbers, InputFamily::normal, 1);
  std::vector<T> typed(inputs.q.size());
  std::transform(inputs.q.begin(), inputs.q.end(), typed.begin(), [](float value) { return T(value); });
  buffer.upload(typed.data(), typed.size() * sizeof(T));
}

Rate gemm_flops_per_s(cublasHandle_t handle, cudaDataType type, const Buffer& a, Buffer& c) {
  const float one = 1, zero = 0;
  return best_rate(2.0 * kSize * kSize * kSize, [&](cudaStream_t stream) {
    WARPGAUGE_CUDA_CHECK(cublasSetStream(handle, stream));
    WARPGAUGE_CUDA_CHECK(cublasGemmEx(handle, CUBLAS_OP_T, CUBLAS_OP_N, kSize, kSize, kSize, &one, a.data(),
                                      type, kSize, a.data(), type, kSize, &zero, c.data(), type, kSize,
                                      CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
  });
}

// Writes only if the OR of all words is `never`. That never happens for a buffer of zeros, but the compiler
// cannot know it and must read all words.
__global__ void read_all(const uint4* words, std::size_t count, unsigned never, unsigned* written) {
  unsigned folded = 0;
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    const uint4 word = words[i];
    folded |= word.x | word.y | word.z | word.w;
  }
  if (folded == never) *written = folded;
}

// Reads the first `bytes` of `source` `passes` times.
Rate read_bytes_per_s(const Buffer& source, std::size_t bytes, int passes) {
  int device = 0, processors = 0;
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device));
  const Buffer written(Backend::cuda, sizeof(unsigned));
  return best_rate(static_cast<double>(bytes) * passes, [&](cudaStream_t stream) {
    for (int pass = 0; pass < passes; ++pass)
      read_all<<<4 * static_cast<unsigned>(processors), 512, 0, stream>>>(
          static_cast<const uint4*>(source.data()), bytes / sizeof(uint4), 1u,
          static_cast<unsigned*>(written.data()));
    WARPGAUGE_CUDA_CHECK(cudaGetLastError());
  });
}

void measure_bandwidth(Ceilings& ceilings) {
  constexpr int kL2Passes = 50;
  int device = 0, l2_bytes = 0;
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaDeviceGetAttribute(&l2_bytes, cudaDevAttrL2CacheSize, device));
  const Buffer source(Backend::cuda, kReadBytes);
  WARPGAUGE_CUDA_CHECK(cudaMemset(source.data(), 0, kReadBytes));
  ceilings.read_bytes_per_s[Ceilings::kMemory] = read_bytes_per_s(source, kReadBytes, 1);
  const std::size_t half_l2 = std::min(static_cast<std::size_t>(l2_bytes) / 2, kReadBytes);
  if (half_l2 > 0) ceilings.read_bytes_per_s[l2_bytes] = read_bytes_per_s(source, half_l2, kL2Passes);
}

}  // namespace

Ceilings measure_cuda_ceilings() {
  constexpr std::size_t kMatrixBytes = sizeof(float) * kSize * kSize;
  Ceilings ceilings;
  cublasHandle_t handle;
  WARPGAUGE_CUDA_CHECK(cublasCreate(&handle));
  WARPGAUGE_CUDA_CHECK(cublasSetMathMode(handle, CUBLAS_DEFAULT_MATH));  // f32 stays f32: no TF32
  Buffer a(Backend::cuda, kMatrixBytes), c(Backend::cuda, kMatrixBytes);
  fill<float>(a, Dtype::f32);
  ceilings.flops_per_s[Dtype::f32] = gemm_flops_per_s(handle, CUDA_R_32F, a, c);
  fill<f16>(a, Dtype::f16);
  ceilings.flops_per_s[Dtype::f16] = gemm_flops_per_s(handle, CUDA_R_16F, a, c);
  fill<bf16>(a, Dtype::bf16);
  ceilings.flops_per_s[Dtype::bf16] = gemm_flops_per_s(handle, CUDA_R_16BF, a, c);
  cublasDestroy(handle);

  measure_bandwidth(ceilings);
  return ceilings;
}

}  // namespace warpgauge::bench
