// When each case is sampled, and how often: decided once, after the warm-up.
//
// The median of n samples with deviation cv has a relative error of 1.2533 cv / sqrt(n) (normal samples), so
// that a case needs n = (1.2533 cv / .005)^2 of them for half a percent. Half of the process's time is shared
// in proportion to what the cases need, so that all come to the same error, below half a percent where the
// time suffices. The other half is shared in equal parts: on a shared machine samples are not normal, others'
// bursts are longer than a few samples of a short case, and only many find the quiet moments between.
//
// A process runs through rounds; each measures one repetition of every case, in an order drawn anew. A burst
// of noise then falls on one repetition of many cases, rather than on all repetitions of one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace warpgauge::bench {

inline constexpr double kWantedRelativeError = 0.005;  // of the median

// What the warm-up learned about a case.
struct Estimate {
  double sample_seconds;  // of one sample with all that belongs to it: eviction, launch, waiting
  double cv;              // deviation of a sample over its mean
};

struct Plan {
  int repetitions = 0;
  std::vector<int> samples;   // in a repetition, per case; at least 1
  double seconds = 0;         // that all of it should take
  double relative_error = 0;  // of the median of the case that comes off worst
};

// Never takes less than three repetitions of one sample each, even where that exceeds `seconds`;
// `repetitions` fixes their number.
Plan make_plan(std::span<const Estimate> cases, double seconds, std::optional<int> repetitions);

// The order of one round: 0..cases-1, shuffled, the same for the same (seed, round) on every platform.
std::vector<int> round_order(int cases, std::uint64_t seed, int round);

}  // namespace warpgauge::bench
