// The fuzzer as a program, for any list of kernels.
#pragma once

#include <span>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

enum FuzzExit {
  kRight = 0,
  kWrong = 1,
  kUsage = 2,
  kNothingChecked = 77,  // ctest shows it as skipped
};

inline constexpr char kFuzzName[] = "warpgauge-fuzz";  // in front of each message

// Runs the program with main's arguments on these kernels; returns its exit code. After a failure `lost` is
// asked whether the backend still works; it returns the reason if not.
[[nodiscard]] int run_fuzz(int argc, char** argv, std::span<const Kernel* const> kernels,
                           std::string (*lost)(Backend) = backend_lost);

}  // namespace warpgauge
