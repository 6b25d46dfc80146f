#include "bench/memory.h"

#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

namespace warpgauge::bench {
namespace {

// What can be had without swapping, as the kernel estimates it.
std::optional<std::int64_t> available_bytes() {
  std::ifstream meminfo("/proc/meminfo");
  std::string name, unit;
  std::int64_t kib = 0;
  while (meminfo >> name >> kib && std::getline(meminfo, unit))
    if (name == "MemAvailable:") return kib * 1024;
  return std::nullopt;
}

std::string in_gib(std::int64_t bytes) {
  constexpr std::int64_t kGib = std::int64_t{1} << 30;
  return std::to_string((bytes + kGib - 1) / kGib) + " GiB";  // rounded up
}

}  // namespace

std::int64_t host_bytes(const Case& measured, int threads) {
  const Problem& p = measured.problem;
  const std::int64_t each = std::int64_t{sizeof(float)} + dtype_bytes(p.dtype);
  const std::int64_t inputs = (query_elements(p) + 2 * key_elements(p)) * each;
  const std::int64_t outputs = query_elements(p) * each + lse_elements(p) * std::int64_t{sizeof(float)};
  const bool on_host = measured.kernel->backend == Backend::cpu;
  return 2 * (inputs + outputs) + (on_host ? measured.kernel->workspace(p, threads) : 0);
}

void require_memory(std::span<const Case> cases, int threads) {
  const std::optional<std::int64_t> available = available_bytes();
  if (!available) return;
  for (const Case& each : cases)
    if (each.unsupported.empty() && host_bytes(each, threads) > *available)
      throw std::invalid_argument(each.name + ": takes about " + in_gib(host_bytes(each, threads)) +
                                  " of memory, and " + in_gib(*available) +
                                  " are free; take smaller shapes, or leave it out with --benchmark_filter");
}

}  // namespace warpgauge::bench
