#include "bench/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/number_format.h"

namespace warpgauge::bench {
namespace {

// Below this, neither arithmetic nor memory limits the case.
constexpr double kFarBelowPercent = 10;

// The size that decides which level of memory holds the operands. Cold ones come from the last.
double bytes_below(CacheMode cache, double bytes) {
  return cache == CacheMode::cold ? static_cast<double>(Ceilings::kMemory) : bytes;
}

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
  const Rate* bandwidth = ceilings.bandwidth(bytes_below(cache, bytes));
  if (peak == ceilings.flops_per_s.end() || !bandwidth) return roofline;
  const double compute_seconds = flops / peak->second.best, memory_seconds = bytes / bandwidth->best;
  const double percent = 100 * std::max(compute_seconds, memory_seconds) / seconds;
  if (percent > 100) return roofline;  // the ceiling was measured too low
  roofline.percent = percent;
  roofline.bottleneck = compute_seconds >= memory_seconds ? "compute-bound" : "memory-bound";
  if (percent < kFarBelowPercent)
    roofline.bottleneck += ", far below its ceiling: latency or instruction mix";
  return roofline;
}

std::string faster_than_possible(const Problem& problem, double seconds, const Ceilings& ceilings,
                                 CacheMode cache) {
  const double flops = attention_flops(problem), bytes = attention_bytes(problem);
  const std::string who = ceilings.threads > 0
                              ? fmt::format("this machine with {}", format_count(ceilings.threads, "threads"))
                              : std::string("this GPU");
  const auto refuse = [&](double amount, double least_seconds, double unit, std::string_view name) {
    return fmt::format("{} {}; {} reaches {} at most", format_number(amount / seconds * unit), name, who,
                       format_number(amount / least_seconds * unit));
  };
  if (const double least = ceilings.least_compute_seconds(problem.dtype, flops); seconds < least)
    return refuse(flops, least, 1e-12, "TFLOP/s");
  const Rate* memory = ceilings.bandwidth(bytes_below(CacheMode::cold, bytes));
  const double least = cache == CacheMode::warm ? ceilings.least_memory_seconds(bytes)
                       : memory                 ? bytes / memory->most()
                                                : 0;
  if (seconds < least) return refuse(bytes, least, 1e-9, "GB/s");
  return {};
}

}  // namespace warpgauge::bench
