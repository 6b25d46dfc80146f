#include "bench/cuda/held_interval.cuh"
#include "bench/sampler.h"
#include "kernels/cuda_check.h"

namespace warpgauge::bench {
namespace {

std::size_t twice_l2_bytes() {
  int device = 0, bytes = 0;
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, device));
  return 2 * static_cast<std::size_t>(bytes);
}

class CudaSampler : public Sampler {
 public:
  explicit CudaSampler(CacheMode cache)
      : eviction_(Backend::cuda, cache == CacheMode::cold ? twice_l2_bytes() : 0) {}

  Sample take(const Kernel& kernel, const Operands& operands) override {
    const TimedStream& stream = interval_.stream();
    Launch launch = operands.launch;
    launch.stream = stream;
    if (eviction_.bytes() > 0) {
      WARPGAUGE_CUDA_CHECK(cudaMemsetAsync(eviction_.data(), 0, eviction_.bytes(), stream));
      stream.synchronize();
    }
    Sample sample;
    sample.real_ns = interval_.time_ns(kernel.id(), [&] {
      const double cpu_before_ns = process_cpu_ns();
      kernel.launch(operands.problem, operands.tensors, launch);
      sample.cpu_ns = process_cpu_ns() - cpu_before_ns;
    });
    return sample;
  }

 private:
  HeldInterval interval_;
  Buffer eviction_;
};

}  // namespace

std::unique_ptr<Sampler> make_cuda_sampler(CacheMode cache) {
  return std::make_unique<CudaSampler>(cache);
}

}  // namespace warpgauge::bench
