// A launch of a CPU kernel that notices writes to anything but its outputs and its workspace.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge::bench {

// Launches once on operands of its own. Empty, or what the kernel wrote to, even if it restored it.
[[nodiscard]] std::string writes_elsewhere(const Kernel& kernel, const Problem& problem, std::uint64_t seed,
                                           int threads);

}  // namespace warpgauge::bench
