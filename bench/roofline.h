// The roofline model (Williams, Waterman and Patterson 2009): the attainable rate is the lower of the peak
// rate of arithmetic, and bandwidth times arithmetic intensity.
#pragma once

#include <string>

#include "bench/ceilings.h"
#include "bench/options.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

struct Roofline {
  double tflops = 0;                // achieved, 1e12 floating-point operations per second
  double gbps = 0;                  // achieved, 1e9 bytes per second of compulsory traffic
  double arithmetic_intensity = 0;  // operations per byte
  double percent = 0;               // achieved / attainable; NaN if a ceiling is unknown or was exceeded
  std::string bottleneck;           // in words; empty if percent is NaN
};

// Of a launch that takes `seconds`. Cold operands come from memory, whatever their size.
[[nodiscard]] Roofline place_on_roofline(const Problem& problem, double seconds, const Ceilings& ceilings,
                                         CacheMode cache);

// Empty, or the rate that a launch of `seconds` would have, if it is above the ceiling by more than that
// ceiling's interval. Such a time is not that of the work.
[[nodiscard]] std::string faster_than_possible(const Problem& problem, double seconds,
                                               const Ceilings& ceilings, CacheMode cache);

}  // namespace warpgauge::bench
