#include "bench/memory.h"

#include <fstream>
#include <limits>
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

std::int64_t device_bytes(const Case& measured) {
  if (measured.kernel->backend != Backend::cuda) return 0;
  const Problem& p = measured.problem;
  const std::int64_t elements = 2 * query_elements(p) + 2 * key_elements(p);
  const std::int64_t operands =
      elements * dtype_bytes(p.dtype) + lse_elements(p) * std::int64_t{sizeof(float)};
  return 2 * (operands + measured.kernel->workspace(p, 1));
}

void require_memory(std::span<const Case> cases, int threads, std::int64_t device_free_bytes) {
  const auto require = [](const Case& each, std::int64_t wanted, std::int64_t free, const char* whose) {
    if (wanted > free)
      throw std::invalid_argument(each.name + ": takes about " + in_gib(wanted) + " of " + whose +
                                  "memory, and " + in_gib(free) +
                                  " are free; take smaller shapes, or leave it out with --benchmark_filter");
  };
  const std::int64_t host_free_bytes = available_bytes().value_or(std::numeric_limits<std::int64_t>::max());
  for (const Case& each : cases) {
    if (!each.unsupported.empty()) continue;
    require(each, host_bytes(each, threads), host_free_bytes, "");
    require(each, device_bytes(each), device_free_bytes, "the GPU's ");
  }
}

}  // namespace warpgauge::bench
