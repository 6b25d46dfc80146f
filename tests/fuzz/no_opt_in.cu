// cuda/no_opt_in: launches with more than 48 KiB of dynamic shared memory per block, without
// cudaFuncAttributeMaxDynamicSharedMemorySize. Such a launch fails.
#include "kernels/cuda_check.h"
#include "kernels/kernel.h"

namespace warpgauge::faulty {
namespace {

__global__ void write_lse(Problem p, Tensors t) {
  extern __shared__ float row_sums[];
  const std::int64_t row = blockIdx.x;
  row_sums[threadIdx.x] = 0;
  t.lse[row] = row_sums[threadIdx.x];
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  constexpr std::size_t kSharedBytes = 96 * 1024;
  const auto rows = static_cast<unsigned>(lse_elements(p));
  write_lse<<<rows, 1, kSharedBytes, static_cast<cudaStream_t>(l.stream)>>>(p, t);
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
}

}  // namespace

extern const Kernel cuda_no_opt_in{.name = "no_opt_in",
                                   .backend = Backend::cuda,
                                   .summary = "a planted fault",
                                   .deterministic = true,
                                   .supports = supports_every_problem,
                                   .workspace_bytes = nullptr,
                                   .launch = launch};

}  // namespace warpgauge::faulty
