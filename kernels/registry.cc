// The list of kernels, expanded from what kernels/CMakeLists.txt generated. Listing them by name, rather than
// letting objects register themselves, keeps the linker from dropping them out of the static library.
#include "kernels/kernel.h"

namespace warpgauge {

#define WARPGAUGE_KERNEL(symbol) extern const Kernel symbol;
#include "kernel_list.inc"
#undef WARPGAUGE_KERNEL

static constexpr const Kernel* kKernels[] = {
#define WARPGAUGE_KERNEL(symbol) &symbol,
#include "kernel_list.inc"
#undef WARPGAUGE_KERNEL
};

std::span<const Kernel* const> all_kernels() {
  return kKernels;
}

const Kernel* find_kernel(std::string_view id) {
  const Kernel* found = nullptr;
  for (const Kernel* kernel : all_kernels()) {
    if (kernel->id() == id) return kernel;
    if (kernel->name != id) continue;
    if (found) return nullptr;  // ambiguous: the backend must be named
    found = kernel;
  }
  return found;
}

}  // namespace warpgauge
