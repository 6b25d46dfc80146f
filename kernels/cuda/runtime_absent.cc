// Built in place of runtime.cu where there is no CUDA toolkit: nothing is available, and says so.
#include "kernels/cuda/runtime.h"

#include <stdexcept>

namespace warpgauge::cuda {

std::string unavailable() {
  return "built without the CUDA toolkit";
}

void* allocate(std::size_t) {
  throw std::runtime_error(unavailable());
}
void release(void*) {}
void copy_in(void*, const void*, std::size_t) {
  throw std::runtime_error(unavailable());
}
void copy_out(void*, const void*, std::size_t) {
  throw std::runtime_error(unavailable());
}
void synchronize() {}

}  // namespace warpgauge::cuda
