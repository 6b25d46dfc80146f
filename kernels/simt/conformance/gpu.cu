// The primitives, compiled for the GPU. Without the CUDA toolkit, gpu_absent.cc is built instead.
#include "kernels/cuda_check.h"
#include "kernels/simt/conformance/primitives.h"

namespace warpgauge::simt::conformance {

std::vector<Primitive> gpu_primitives() {
  return primitives_for_this_target();
}

std::string gpu_name() {
  int device = 0, driver = 0;
  cudaDeviceProp properties;
  WARPGAUGE_CUDA_CHECK(cudaGetDevice(&device));
  WARPGAUGE_CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  WARPGAUGE_CUDA_CHECK(cudaDriverGetVersion(&driver));
  return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) + "." +
         std::to_string(properties.minor) + ", CUDA driver " + std::to_string(driver / 1000) + "." +
         std::to_string(driver % 1000 / 10);
}

}  // namespace warpgauge::simt::conformance
