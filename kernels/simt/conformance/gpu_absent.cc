// Built instead of gpu.cu without the CUDA toolkit.
#include <stdexcept>

#include "kernels/simt/conformance/primitive.h"

namespace warpgauge::simt::conformance {

std::vector<Primitive> gpu_primitives() {
  return {};
}

std::string gpu_name() {
  throw std::runtime_error("built without the CUDA toolkit");
}

}  // namespace warpgauge::simt::conformance
