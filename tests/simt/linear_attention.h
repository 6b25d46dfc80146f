// Runs linear_attention.cu, or a mutant of it, against a reference in double.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace warpgauge {

// What is wrong with the kernel's result, or the emulator's finding; empty if nothing is.
std::string linear_attention_failure(const Kernel& kernel, const Problem& problem, std::uint64_t seed);

// Problems that between them have one tile and several, tails along both axes, both types and head
// dimensions, and key heads that are shared.
std::vector<Problem> linear_attention_problems();

}  // namespace warpgauge
