#include "bench/memory.h"

#include <stdexcept>
#include <string>

#include "fuzz/memory.h"

namespace warpgauge::bench {
namespace {

// Operands and outputs in their type, and the workspace.
double timed_bytes(const Case& measured, int threads) {
  const Problem& p = measured.problem;
  const double elements = 2 * (static_cast<double>(query_elements(p)) + static_cast<double>(key_elements(p)));
  return elements * static_cast<double>(dtype_bytes(p.dtype)) +
         sizeof(float) * static_cast<double>(lse_elements(p)) +
         static_cast<double>(measured.kernel->workspace(p, threads));
}

}  // namespace

double host_bytes(const Case& measured, int threads) {
  const bool on_host = measured.kernel->backend != Backend::cuda;
  return check_bytes(*measured.kernel, measured.problem, threads) +
         (on_host ? timed_bytes(measured, threads) : 0);
}

double device_bytes(const Case& measured) {
  constexpr int kThreads = 1;             // of no meaning there
  constexpr double kTimedAndChecked = 2;  // each on operands of its own
  return measured.kernel->backend == Backend::cuda ? kTimedAndChecked * timed_bytes(measured, kThreads) : 0;
}

void require_memory(std::span<const Case> cases, int threads, double device_free_bytes) {
  const auto require = [](const Case& each, double wanted, double free, const char* whose) {
    if (wanted > free)
      throw std::invalid_argument(each.name + ": takes about " + in_gib(wanted) + " of " + whose +
                                  "memory, and " + in_gib(free) +
                                  " are free; take smaller shapes, or leave it out with --benchmark_filter");
  };
  const double host_free_bytes = free_memory_bytes();
  for (const Case& each : cases) {
    if (!each.unsupported.empty()) continue;
    require(each, host_bytes(each, threads), host_free_bytes, "");
    require(each, device_bytes(each), device_free_bytes, "the GPU's ");
  }
}

}  // namespace warpgauge::bench
