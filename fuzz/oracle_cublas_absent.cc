// Replaces oracle_cublas.cu in a build without the CUDA toolkit.
#include <stdexcept>

#include "fuzz/oracle_backends.h"

namespace warpgauge {

std::string cublas_unavailable() {
  return "built without the CUDA toolkit";
}

Reference reference_cublas(const Inputs&, std::vector<std::int64_t>, const Rounding&) {
  throw std::runtime_error(cublas_unavailable());
}

}  // namespace warpgauge
