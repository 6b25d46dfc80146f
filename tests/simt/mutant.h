// A kernel with one planted bug, and the hunt for it: problems, until a check, or the emulator, tells the
// mutant from a right kernel.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

struct Capture {
  std::string by;         // the checks that failed, in words
  std::uint64_t problem;  // the first on which they did, from 1
};

// With problems as the fuzz draws them, as many as ctest gives a kernel in the emulator (cpu kernels get more
// there), and its checks.
std::optional<Capture> hunt_attention(const Kernel& kernel, std::uint64_t first_seed);

// Of mutants of linear_attention.cu: with its problems, and its reference.
std::optional<Capture> hunt_linear_attention(const Kernel& kernel, std::uint64_t first_seed);

struct Mutant {
  const char* name;
  const Kernel* kernel;
  std::optional<Capture> (*hunt)(const Kernel& kernel, std::uint64_t first_seed);
  const char* file;  // where the bug was planted, from the root of the tree
  int line;
  const char* from;
  const char* to;
};

// All rows of mutants.cmake and hopper_mutants.cmake.
std::span<const Mutant> all_mutants();

// Hunts each and prints a table of them. Returns how many survived.
int report(std::span<const Mutant> mutants, std::uint64_t first_seed, std::ostream& out);

}  // namespace warpgauge
