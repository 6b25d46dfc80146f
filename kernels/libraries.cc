#include "kernels/libraries.h"

#include <cblas.h>

#include "kernels/cuda_runtime.h"

namespace warpgauge {

std::string library_versions() {
  const std::string cublas = cuda::library_version();
  return openblas_get_config() + (cublas.empty() ? "" : "; " + cublas);
}

}  // namespace warpgauge
