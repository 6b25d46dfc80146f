// Built instead of runtime.cu without the CUDA toolkit. Reports that no device is available.
#include "kernels/cuda_runtime.h"

#include <stdexcept>

namespace warpgauge::cuda {

std::string no_device() {
  return "built without the CUDA toolkit";
}
std::string unavailable() {
  return no_device();
}
std::string library_version() {
  return {};
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
void* create_stream() {
  throw std::runtime_error(unavailable());
}
void destroy_stream(void*) {}
bool hold_while(void*, const std::function<void()>&, const std::function<void()>&) {
  throw std::runtime_error(unavailable());
}

}  // namespace warpgauge::cuda
