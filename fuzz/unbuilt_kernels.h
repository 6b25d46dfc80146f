// Kernels of the project's list (kernels/CMakeLists.txt) that this build does not contain.
#pragma once

#include <span>
#include <string>

namespace warpgauge {

// Ids: "cuda/naive". Empty in a build with CUDA.
[[nodiscard]] std::span<const std::string> unbuilt_kernels();

}  // namespace warpgauge
