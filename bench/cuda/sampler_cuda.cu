#include <stdexcept>

#include "bench/cuda/blocker.cuh"
#include "bench/cuda/stream.cuh"
#include "bench/sampler.h"
#include "kernels/cuda/check.h"

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
    Launch launch = operands.launch;
    launch.stream = stream_;
    if (eviction_.bytes() > 0) {
      WARPGAUGE_CUDA_CHECK(cudaMemsetAsync(eviction_.data(), 0, eviction_.bytes(), stream_));
      stream_.synchronize();
    }
    const double cpu_before_ns = process_cpu_ns();
    blocker_.hold(stream_);
    try {
      WARPGAUGE_CUDA_CHECK(cudaEventRecord(begin_, stream_));
      kernel.launch(operands.problem, operands.tensors, launch);
      WARPGAUGE_CUDA_CHECK(cudaEventRecord(end_, stream_));
    } catch (...) {
      blocker_.release();
      cudaStreamSynchronize(stream_);
      throw;
    }
    const double cpu_ns = process_cpu_ns() - cpu_before_ns;
    blocker_.release();
    stream_.synchronize();
    if (blocker_.gave_up())
      throw std::runtime_error(kernel.id() +
                               ": the launch waits for the device, or queues more kernels than the driver "
                               "holds (about 1,000), or CUDA_LAUNCH_BLOCKING is set; it must be asynchronous "
                               "on Launch::stream to be timed");
    float milliseconds = 0;
    WARPGAUGE_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return {.real_ns = static_cast<double>(milliseconds) * 1e6, .cpu_ns = cpu_ns};
  }

 private:
  cuda::Stream stream_;
  cuda::Event begin_, end_;
  cuda::Blocker blocker_;
  Buffer eviction_;
};

}  // namespace

std::unique_ptr<Sampler> make_cuda_sampler(CacheMode cache) {
  return std::make_unique<CudaSampler>(cache);
}

}  // namespace warpgauge::bench
