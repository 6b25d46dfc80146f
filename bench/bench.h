// The program, for any list of kernels: tests run it with kernels of their own.
#pragma once

#include <span>

#include "kernels/kernel.h"

namespace warpgauge::bench {

// Returns the exit code (exit_code.h).
[[nodiscard]] int run_bench(std::span<const Kernel* const> kernels, int argc, char** argv);

}  // namespace warpgauge::bench
