// How close a case comes to what the machine allows (Williams, Waterman and Patterson 2009): the attainable
// rate is the lower of peak arithmetic and bandwidth times arithmetic intensity.
#pragma once

#include <string>

#include "bench/ceilings.h"
#include "bench/options.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

struct Roofline {
  double tflops = 0;                // achieved, 1e12 floating-point operations a second
  double gbps = 0;                  // achieved, 1e9 bytes a second of compulsory traffic
  double arithmetic_intensity = 0;  // operations a byte
  double percent = 0;               // achieved of attainable; NaN where a ceiling is unknown, or was beaten
  std::string bottleneck;           // in words; empty where percent is NaN
};

// Of a launch that takes `seconds`. Cold operands come from memory, whatever their size.
Roofline place_on_roofline(const Problem& problem, double seconds, const Ceilings& ceilings, CacheMode cache);

}  // namespace warpgauge::bench
