// Compares linear_attention.cu, or a mutant of it, with a reference in double precision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace warpgauge {

// Empty if the result is correct; otherwise the first wrong element, or the emulator's finding.
std::string linear_attention_failure(const Kernel& kernel, const Problem& problem, std::uint64_t seed);

// Problems that cover one tile and several, partial tiles along both axes, both types and head dimensions,
// and grouped queries.
std::vector<Problem> linear_attention_problems();

}  // namespace warpgauge
