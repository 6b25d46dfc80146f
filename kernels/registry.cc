// The list of kernels, expanded from the file that kernels/CMakeLists.txt generates. With self-registering
// objects instead, the linker would drop unreferenced kernels from the static library.
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
    if (found) return nullptr;  // ambiguous without a backend
    found = kernel;
  }
  return found;
}

}  // namespace warpgauge
