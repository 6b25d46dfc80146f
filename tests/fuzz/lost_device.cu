// cuda/loses_device: writes to an invalid address. After that the device is unusable for this process.
#include "kernels/cuda_check.h"
#include "kernels/kernel.h"

namespace warpgauge::faulty {
namespace {

__global__ void write_nowhere(float* nowhere) {
  *nowhere = 0;
}

void launch(const Problem&, const Tensors&, const Launch& l) {
  write_nowhere<<<1, 1, 0, static_cast<cudaStream_t>(l.stream)>>>(reinterpret_cast<float*>(64));
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
}

}  // namespace

extern const Kernel cuda_loses_device{.name = "loses_device",
                                      .backend = Backend::cuda,
                                      .summary = "a planted fault",
                                      .deterministic = true,
                                      .supports = supports_every_problem,
                                      .workspace_bytes = nullptr,
                                      .launch = launch};

}  // namespace warpgauge::faulty
