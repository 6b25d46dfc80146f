// The host's memory that a check takes, asked for before it is made: the system would rather kill the process
// in the middle than refuse.
#pragma once

#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

// What can be had without swapping, as Linux estimates it; elsewhere the address space is what there is.
double free_memory_bytes();

// "7 GiB", rounded up.
std::string in_gib(double bytes);

// Bytes, about, of check(): operands as f32 and, for a kernel of the host, in their type; what two runs
// wrote; the reference where all rows are compared; the workspace of a kernel of the host.
double check_bytes(const Kernel& kernel, const Problem& problem, int threads);

// "takes about 7 GiB of memory"
std::string memory_needed(const Kernel& kernel, const Problem& problem, int threads);

// Empty where as much is free; otherwise both figures, as a phrase.
std::string memory_lacking(const Kernel& kernel, const Problem& problem, int threads);

}  // namespace warpgauge
