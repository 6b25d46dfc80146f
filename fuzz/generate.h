// Random problems, biased towards the edges at which attention kernels fail.
//
// B H Sq Sk D is at most 2^24 (2^21 for an emulated kernel), so that the f64 oracle checks every row within
// milliseconds. Lengths and causal diagonals cluster at tile edges. Heads may share keys (GQA, MQA). Sq and
// Sk differ in both directions; Sk may be 0. D may be no multiple of 8, and the scale may be 0 or negative.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/guarded_tensors.h"
#include "fuzz/inputs.h"
#include "kernels/kernel.h"

namespace warpgauge {

// Everything that a check depends on, except the kernel.
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

// Empty if the kernel supports the case: its problem, with the strides of its layout. Otherwise the reason.
[[nodiscard]] std::string unsupported_reason(const Kernel& kernel, const FuzzCase& fuzz_case);

// The case of this seed. Other attempts give other cases of the same seed.
[[nodiscard]] FuzzCase random_case(std::uint64_t seed, std::uint64_t attempt,
                                   std::int64_t max_volume = kMaxFuzzVolume);

// The first attempt that the kernel supports. Empty if it supports none of many attempts.
[[nodiscard]] std::optional<FuzzCase> random_supported_case(const Kernel& kernel, std::uint64_t seed);

}  // namespace warpgauge
