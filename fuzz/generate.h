// Random problems that lean towards the edges at which attention kernels go wrong.
//
// Sizes stay under B H Sq Sk D = 2^24 (2^21 for a kernel in the emulator), so that the f64 oracle checks
// every row in milliseconds. Lengths and diagonals gather around tile edges; heads are shared (GQA, MQA) or
// not; Sq and Sk differ both ways; keys may be missing altogether; D need not be a multiple of 8, nor the
// scale positive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/guarded_tensors.h"
#include "fuzz/inputs.h"
#include "kernels/kernel.h"

namespace warpgauge {

// All that one check depends on, beside the kernel.
struct FuzzCase {
  Problem problem;
  std::uint64_t seed = 0;  // of the inputs
  InputFamily family = InputFamily::normal;
  Layout layout = Layout::packed;
  int threads = 1;

  bool operator==(const FuzzCase&) const = default;
};

// Of B H Sq Sk D, with Sk = 0 counted as 1.
inline constexpr std::int64_t kMaxFuzzVolume = std::int64_t{1} << 24;
inline constexpr std::int64_t kMaxEmulatedVolume = std::int64_t{1} << 21;

// The case of this seed; other attempts give other cases of the same seed.
FuzzCase random_case(std::uint64_t seed, std::uint64_t attempt, std::int64_t max_volume = kMaxFuzzVolume);

// The first attempt that the kernel supports; if there is none among many, nothing.
std::optional<FuzzCase> random_supported_case(const Kernel& kernel, std::uint64_t seed);

}  // namespace warpgauge
