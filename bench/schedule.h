// How often each case is sampled, and in which order. Decided once, after the warm-up.
//
// For normal samples with coefficient of variation cv, the median of n samples has a relative standard error
// of 1.2533 cv / sqrt(n). So a case needs n = (1.2533 cv / .005)^2 samples for 0.5 %. Half of the time is
// divided in proportion to these needs, which gives all cases the same error. The other half is divided
// equally: on a shared machine samples are not normal, and a burst of load is longer than a few samples of a
// short case. Only many samples cover the time between bursts.
//
// A process runs rounds. Each round measures one repetition of every case, in a new random order. A burst of
// noise then affects one repetition of many cases, and not all repetitions of one case.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace warpgauge::bench {

inline constexpr double kTargetRelativeError = 0.005;  // of the median

// What the warm-up measured of a case.
struct Estimate {
  double sample_seconds;  // of one sample with its overhead: eviction, launch, waiting
  double cv;              // coefficient of variation of the samples
};

struct Plan {
  int repetitions = 0;
  std::vector<int> samples;   // per repetition, of each case; at least 1
  double seconds = 0;         // estimated duration of all rounds
  double relative_error = 0;  // of the median; the largest of all cases
};

// Plans at least three repetitions of one sample each, even if that exceeds `seconds`. `repetitions` fixes
// their number.
[[nodiscard]] Plan make_plan(std::span<const Estimate> cases, double seconds, std::optional<int> repetitions);

// The order of one round: 0..cases-1, shuffled. The same for the same (seed, round) on every platform.
[[nodiscard]] std::vector<int> round_order(int cases, std::uint64_t seed, int round);

}  // namespace warpgauge::bench
