#include "bench/ceilings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/quantile.h"

namespace warpgauge::bench {
namespace {

void keep_higher(Rate& rate, const Rate& other) {
  if (other.most() > rate.most()) rate = other;
}

std::string text_of(const Rate& rate) {
  return fmt::format("{} +-{:.0f} %", std::llround(rate.best * 1e-9), 100 * rate.share);
}

}  // namespace

Rate rate_of_runs(std::span<const double> rates) {
  constexpr double kLeastShare = 0.03;
  const double best = *std::ranges::max_element(rates);
  return {.best = best, .share = std::max(kLeastShare, (best - median(rates)) / best)};
}

const Rate* Ceilings::bandwidth(double bytes) const {
  for (const auto& [capacity, rate] : read_bytes_per_s)
    if (bytes <= static_cast<double>(capacity)) return &rate;
  return nullptr;
}

// A kernel may compute f32 products from three products of 16-bit parts (3xTF32, bf16x3).
double Ceilings::least_compute_seconds(Dtype dtype, double flops) const {
  constexpr double kParts = 3;
  double most = 0;
  for (const auto& [type, rate] : flops_per_s)
    if (type == dtype)
      most = std::max(most, rate.most());
    else if (dtype == Dtype::f32)
      most = std::max(most, rate.most() / kParts);
  return most > 0 && flops_per_s.contains(dtype) ? flops / most : 0;
}

// What is left of the operands in a smaller level is read from there, as often as it can be.
double Ceilings::least_memory_seconds(double bytes) const {
  double seconds = 0, held = 0;
  for (const auto& [capacity, rate] : read_bytes_per_s) {
    const double here = std::min(bytes, static_cast<double>(capacity)) - held;
    if (here <= 0) break;
    seconds += here / rate.most();
    held += here;
  }
  return held >= bytes ? seconds : 0;
}

void Ceilings::raise(const Ceilings& other) {
  for (const auto& [dtype, rate] : other.flops_per_s) keep_higher(flops_per_s[dtype], rate);
  for (const auto& [capacity, rate] : other.read_bytes_per_s) keep_higher(read_bytes_per_s[capacity], rate);
}

std::map<std::string, std::string> describe(const Ceilings& ceilings, const std::string& backend) {
  std::map<std::string, std::string> texts;
  for (const auto& [dtype, rate] : ceilings.flops_per_s)
    texts[fmt::format("{}_ceiling_{}_gflops", backend, dtype_name(dtype))] = text_of(rate);
  for (const auto& [capacity, rate] : ceilings.read_bytes_per_s)
    texts[capacity == Ceilings::kMemory
              ? fmt::format("{}_ceiling_gbps_memory", backend)
              : fmt::format("{}_ceiling_gbps_up_to_{}_kib", backend, capacity >> 10)] = text_of(rate);
  return texts;
}

}  // namespace warpgauge::bench
