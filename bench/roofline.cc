#include "bench/roofline.h"

#include <algorithm>
#include <limits>

namespace warpgauge::bench {
namespace {

// Below this, neither arithmetic nor memory limits the case.
constexpr double kFarBelowPercent = 10;

}  // namespace

Roofline place_on_roofline(const Problem& problem, double seconds, const Ceilings& ceilings,
                           CacheMode cache) {
  const double flops = attention_flops(problem), bytes = attention_bytes(problem);
  Roofline roofline{.tflops = flops / seconds * 1e-12,
                    .gbps = bytes / seconds * 1e-9,
                    .arithmetic_intensity = flops / bytes,
                    .percent = std::numeric_limits<double>::quiet_NaN(),
                    .bottleneck = {}};
  const auto peak = ceilings.flops_per_s.find(problem.dtype);
  const double bandwidth =
      ceilings.bandwidth(cache == CacheMode::cold ? std::numeric_limits<std::int32_t>::max() : bytes);
  if (peak == ceilings.flops_per_s.end() || bandwidth <= 0) return roofline;
  const double compute_seconds = flops / peak->second, memory_seconds = bytes / bandwidth;
  const double percent = 100 * std::max(compute_seconds, memory_seconds) / seconds;
  if (percent > 100) return roofline;  // the ceiling was measured too low
  roofline.percent = percent;
  roofline.bottleneck = compute_seconds >= memory_seconds ? "compute-bound" : "memory-bound";
  if (percent < kFarBelowPercent)
    roofline.bottleneck += ", far below its ceiling: latency or instruction mix";
  return roofline;
}

}  // namespace warpgauge::bench
