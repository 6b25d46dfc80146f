// Random problems, biased towards the edges at which attention kernels fail.
//
// Problems are drawn by cost: each kernel gets the same number below a cost that it can bear, so that a check
// takes milliseconds. Lengths and causal diagonals cluster at tile edges. Up to 71 heads share keys. Sq and
// Sk differ in both directions; Sk may be 0. D is 1 to 576, and the scale may be 0 or negative. Half of the
// problems have variants: a window, a soft cap, sinks, a bias, or a Dv other than D. A quarter have sequences
// of different lengths, and a quarter have pages. One in six has e4m3 operands. Few problems have 65,537
// heads or batches, or up to 70,000 keys.
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
  Guard guard = Guard::bands;
  int threads = 1;

  bool operator==(const FuzzCase&) const = default;
};

// Largest cost of a check, in multiply-adds of a kernel: see check_cost.
inline constexpr std::int64_t kMaxFuzzVolume = std::int64_t{1} << 24;
inline constexpr std::int64_t kMaxEmulatedVolume = std::int64_t{1} << 21;
inline constexpr std::int64_t kMaxCornerVolume = std::int64_t{1} << 28;
inline constexpr std::int64_t kLeastVolume = std::int64_t{1} << 16;

struct DrawLimits {
  std::int64_t volume = kMaxFuzzVolume;
  Backend backend = Backend::cpu;
  bool corners = false;   // a quarter of the problems are expensive: 65,537 heads or batches, and 70,000 keys
  bool variants = true;   // most problems have some; the others are the same with and without
  bool sequences = true;  // lengths and pages may be among them; the other problems are the same
};

// Work of one check of the problem: the multiply-adds of the kernel, of full tiles in the emulator; elsewhere
// also the work per element and row of the operands.
[[nodiscard]] double check_cost(const Problem& problem, Backend backend);

// Empty if the kernel supports the case: its problem, with the strides of its layout, in the memory of its
// backend. Otherwise the reason.
[[nodiscard]] std::string unsupported_reason(const Kernel& kernel, const FuzzCase& fuzz_case);

// Whether the check launches again with other operands: in a third of the cases. The seed decides, so that a
// reproducer does the same.
[[nodiscard]] bool is_relaunched(const FuzzCase& fuzz_case);

// The case of this seed. Other attempts give other cases of the same seed.
[[nodiscard]] FuzzCase random_case(std::uint64_t seed, std::uint64_t attempt, const DrawLimits& limits = {});

struct DrawChoice {
  bool corners = false;     // as in DrawLimits
  std::int64_t volume = 0;  // 0: what the kernel's backend can bear
};

// The first attempt that the kernel supports: with all variants, without lengths and pages, or with none.
// Empty if it supports none of many attempts.
[[nodiscard]] std::optional<FuzzCase> random_supported_case(const Kernel& kernel, std::uint64_t seed,
                                                            const DrawChoice& choice = {});

}  // namespace warpgauge
