// What --kernels and --matrices print.
#pragma once

#include <span>
#include <string>

#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

// Each kernel: its id and whether it runs here; its summary; the types, head dimensions, lengths and masks
// that it supports. A line that does not begin with a blank begins with an id. `unbuilt` are ids of kernels
// that this build does not contain.
[[nodiscard]] std::string kernel_list(std::span<const Kernel* const> kernels,
                                      std::span<const std::string> unbuilt);

// One line per matrix, which begins with its name.
[[nodiscard]] std::string matrix_list(std::span<const Kernel* const> kernels);

// The problems of a matrix for each backend, with the models that have them. Throws UsageError for an axis
// that makes an invalid problem.
[[nodiscard]] std::string problem_list(const Options& options);

}  // namespace warpgauge::bench
