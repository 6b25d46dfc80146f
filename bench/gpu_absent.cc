// Replaces the folder cuda/ in a build without the CUDA toolkit. No CUDA case is selected then, so none of
// these functions is called for one.
#include <stdexcept>

#include "bench/ceilings.h"
#include "bench/gpu.h"
#include "bench/renewal.h"
#include "bench/sampler.h"
#include "kernels/backend.h"

namespace warpgauge::bench {
namespace {

[[noreturn]] void refuse() {
  throw std::runtime_error(backend_unavailable(Backend::cuda));
}

}  // namespace

void select_gpu(int) {
  refuse();
}
GpuInfo gpu_info() {
  refuse();
}
ProfilerRange::ProfilerRange(Backend) : active_(false) {}
ProfilerRange::~ProfilerRange() = default;
Ceilings measure_cuda_ceilings() {
  refuse();
}
std::unique_ptr<Sampler> make_cuda_sampler(CacheMode) {
  refuse();
}
void renew_cuda(const RenewedInputs&, RenewalDraw, RenewalDraw) {
  refuse();
}
void poison_cuda(void*, std::int64_t) {
  refuse();
}

}  // namespace warpgauge::bench
