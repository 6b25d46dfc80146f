// The kernels that a command line selects.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fuzz/flags.h"
#include "kernels/kernel.h"

namespace warpgauge {

struct KernelSelection {
  std::vector<const Kernel*> kernels;
  std::vector<std::string> unbuilt;  // ids that are selected too, but are not in this build
};

// By --kernel, and by --replay if its line names a kernel. Throws UsageError with the known
// kernels if a flag names none of them, or if nothing is selected.
[[nodiscard]] KernelSelection select_kernels(std::span<const Kernel* const> kernels,
                                             std::span<const std::string> unbuilt, const Flags& flags);

}  // namespace warpgauge
