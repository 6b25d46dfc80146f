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

  Sample take(const Kernel& kernel, const Operands& operands, const RowCopies* copies) override {
    const TimedStream& stream = interval_.stream();
    Launch launch = operands.launch;
    launch.stream = stream;
    if (eviction_.bytes() > 0) {
      WARPGAUGE_CUDA_CHECK(cudaMemsetAsync(eviction_.data(), 0, eviction_.bytes(), stream));
      stream.synchronize();
    }
    Sample sample;
    sample.real_ns = interval_.time_ns(
        kernel.id(),
        [&] {
          const double cpu_before_ns = process_cpu_ns();
          kernel.launch(operands.problem, operands.tensors, launch);
          sample.cpu_ns = process_cpu_ns() - cpu_before_ns;
        },
        [&] {
          if (copies) copy_rows(operands, *copies, stream);
        });
    sample.gap_ns = interval_.host_ns() - sample.real_ns;
    return sample;
  }

  // The host sees the end of an interval late. A scheduler or a driver may delay it by more than a launch
  // takes, so that only a coarse difference counts.
  double largest_gap_ns(double launch_ns) const override {
    constexpr double kWakeUpNs = 1e6, kShare = 0.5;
    return kWakeUpNs + kShare * launch_ns;
  }

 private:
  // On the stream of the launch: work that the kernel left on another stream may not be done yet. Such rows
  // still hold the poison.
  static void copy_rows(const Operands& operands, const RowCopies& copies, cudaStream_t stream) {
    const auto bytes =
        static_cast<std::size_t>(value_dim_of(operands.problem) * dtype_bytes(operands.problem.dtype));
    std::size_t n = 0;
    for (const std::int64_t row : copies.rows) {
      WARPGAUGE_CUDA_CHECK(cudaMemcpyAsync(
          static_cast<char*>(copies.o->data()) + n * bytes,
          static_cast<const char*>(operands.tensors.o) + static_cast<std::size_t>(row) * bytes, bytes,
          cudaMemcpyDeviceToDevice, stream));
      WARPGAUGE_CUDA_CHECK(cudaMemcpyAsync(static_cast<float*>(copies.lse->data()) + n,
                                           operands.tensors.lse + row, sizeof(float),
                                           cudaMemcpyDeviceToDevice, stream));
      ++n;
    }
  }

  HeldInterval interval_;
  Buffer eviction_;
};

}  // namespace

std::unique_ptr<Sampler> make_cuda_sampler(CacheMode cache) {
  return std::make_unique<CudaSampler>(cache);
}

}  // namespace warpgauge::bench
