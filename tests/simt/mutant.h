// Mutation testing: kernels with one planted bug each. A mutant is detected if a check of the fuzz fails or
// the emulator reports a finding.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

struct Detection {
  std::string by;         // the failed checks, and the input family
  std::uint64_t problem;  // number of the first problem that failed, from 1
};

// Checks random problems of the fuzz until one fails: 200, as many as ctest uses for a kernel in the
// emulator.
std::optional<Detection> detect_attention_bug(const Kernel& kernel, std::uint64_t first_seed);

// The same for mutants of linear_attention.cu, with its own problems and reference.
std::optional<Detection> detect_linear_attention_bug(const Kernel& kernel, std::uint64_t first_seed);

struct Mutant {
  const char* name;
  const Kernel* kernel;
  std::optional<Detection> (*detect)(const Kernel& kernel, std::uint64_t first_seed);
  const char* file;  // of the planted bug, relative to the repository
  int line;
  const char* from;
  const char* to;
};

// All rows of mutants.cmake and hopper_mutants.cmake.
std::span<const Mutant> all_mutants();

// Tests each mutant and prints a table. Returns the number of mutants that survived.
int report(std::span<const Mutant> mutants, std::uint64_t first_seed, std::ostream& out);

}  // namespace warpgauge
