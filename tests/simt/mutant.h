// A kernel with one planted bug, and the hunt for it: random problems as the fuzz draws them, until one of
// the fuzz's checks, or the emulator, tells the mutant from a right kernel.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "kernels/kernel.h"

namespace warpgauge {

struct Mutant {
  const char* name;
  const Kernel* kernel;
  const char* file;  // where the bug was planted, from the root of the tree
  int line;
  const char* from;
  const char* to;
};

// All rows of mutants.cmake.
std::span<const Mutant> all_mutants();

struct Capture {
  std::string by;         // the checks that failed, in words
  std::uint64_t problem;  // the first on which they did, from 1
};

// As many problems as ctest gives a kernel in the emulator; cpu kernels get more there.
inline constexpr std::uint64_t kHuntedProblems = 200;

std::optional<Capture> hunt(const Kernel& kernel, std::uint64_t first_seed);

// Hunts each and prints a table of them. Returns how many survived.
int report(std::span<const Mutant> mutants, std::uint64_t first_seed, std::ostream& out);

}  // namespace warpgauge
