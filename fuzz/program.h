// The fuzzer as a program, over any list of kernels.
#pragma once

#include <span>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

enum FuzzExit { kRight = 0, kWrong = 1, kUsage = 2, kNothingChecked = 77 };

// Runs the program with main's arguments over these kernels; returns its exit code. `lost` says, after a
// failure, whether a backend answers no more, and why.
int run_fuzz(int argc, char** argv, std::span<const Kernel* const> kernels,
             std::string (*lost)(Backend) = backend_lost);

}  // namespace warpgauge
