#include <cublas_v2.h>

#include <algorithm>
#include <vector>

#include "bench/ceilings.h"
#include "fuzz/inputs.h"
#include "kernels/backend.h"
#include "kernels/cuda/check.h"

namespace warpgauge::bench {
namespace {

constexpr int kSize = 4096;  // m = n = k
constexpr int kRuns = 5;

template <class Work>
double best_seconds(Work work) {
  cudaEvent_t begin, end;
  WARPGAUGE_CUDA_CHECK(cudaEventCreate(&begin));
  WARPGAUGE_CUDA_CHECK(cudaEventCreate(&end));
  float best_ms = 0;
  for (int run = 0; run <= kRuns; ++run) {  // the first loads code, and does not count
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(begin));
    work();
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(end));
    WARPGAUGE_CUDA_CHECK(cudaEventSynchronize(end));
    float ms = 0;
    WARPGAUGE_CUDA_CHECK(cudaEventElapsedTime(&ms, begin, end));
    if (run > 0) best_ms = best_ms == 0 ? ms : std::min(best_ms, ms);
  }
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return static_cast<double>(best_ms) * 1e-3;
}

// Normal numbers of the type in `buffer`: zeros would draw less power and run faster than any real data.
template <class T>
void fill(Buffer& buffer, Dtype dtype) {
  constexpr std::int64_t kElements = std::int64_t{kSize} * kSize;
  const Problem numbers{.seq_q = kElements, .seq_k = 0, .head_dim = 1, .dtype = dtype};
  const Inputs inputs = make_inputs(numbers, InputFamily::normal, 1);
  std::vector<T> typed(inputs.q.size());
  std::transform(inputs.q.begin(), inputs.q.end(), typed.begin(), [](float value) { return T(value); });
  buffer.upload(typed.data(), typed.size() * sizeof(T));
}

double gemm_flops_per_s(cublasHandle_t handle, cudaDataType type, const Buffer& a, Buffer& c) {
  const float one = 1, zero = 0;
  const double seconds = best_seconds([&] {
    WARPGAUGE_CUDA_CHECK(cublasGemmEx(handle, CUBLAS_OP_T, CUBLAS_OP_N, kSize, kSize, kSize, &one, a.data(),
                                      type, kSize, a.data(), type, kSize, &zero, c.data(), type, kSize,
                                      CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
  });
  return 2.0 * kSize * kSize * kSize / seconds;
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

  constexpr std::size_t kCopyBytes = std::size_t{1} << 30;  // past every L2
  Buffer source(Backend::cuda, kCopyBytes), target(Backend::cuda, kCopyBytes);
  const double seconds = best_seconds([&] {
    WARPGAUGE_CUDA_CHECK(cudaMemcpyAsync(target.data(), source.data(), kCopyBytes, cudaMemcpyDeviceToDevice));
  });
  ceilings.read_bytes_per_s[kCopyBytes] = 2.0 * static_cast<double>(kCopyBytes) / seconds;
  return ceilings;
}

}  // namespace warpgauge::bench
