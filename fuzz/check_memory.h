// The host memory that a check needs. It is compared with the free memory before the check starts: Linux
// would kill the process in the middle of it rather than refuse an allocation.
#pragma once

#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

// Estimated bytes of check(): the operands as f32 and, for a kernel on the host, in their own type; the
// outputs of two runs; the reference if all rows are compared; the workspace of a kernel on the host.
[[nodiscard]] double check_bytes(const Kernel& kernel, const Problem& problem, int threads);

// "needs about 7 GiB of memory"
[[nodiscard]] std::string memory_needed(const Kernel& kernel, const Problem& problem, int threads);

// Empty if enough memory is free. Otherwise both figures: "needs about 7 GiB of memory, 4 GiB are free".
[[nodiscard]] std::string memory_shortage(const Kernel& kernel, const Problem& problem, int threads);

}  // namespace warpgauge
