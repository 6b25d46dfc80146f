#include "bench/memory.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/operands.h"
#include "fuzz/memory.h"

namespace warpgauge::bench {
namespace {

constexpr double kTimedAndChecked = 2;  // a case of a GPU: each on operands of its own

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
  constexpr int kThreads = 1;  // of no meaning there
  return measured.kernel->backend == Backend::cuda ? kTimedAndChecked * timed_bytes(measured, kThreads) : 0;
}

double device_bytes_of_its_own() {
  constexpr double kOracle = 0.75 * 0x1p30;    // logits in f64 and f32, a head, cuBLAS's own
  constexpr double kCeilings = 1.25 * 0x1p30;  // what is read, and three matrices
  constexpr double kEviction = 0.25 * 0x1p30;  // twice the largest L2
  // The ceilings' is given back before the oracle's is taken.
  return std::max(kOracle, kCeilings) + kEviction;
}

void require_memory(std::span<const Case> cases, int threads, double device_free_bytes) {
  const auto require = [](const std::string& whoever, double wanted, double free, const char* whose) {
    if (wanted > free)
      throw std::invalid_argument(whoever + " about " + in_gib(wanted) + " of " + whose + "memory, and " +
                                  in_gib(free) + " are free; take smaller shapes, or leave some out with " +
                                  "--benchmark_filter");
  };
  const double host_free_bytes = free_memory_bytes();
  double most_host_checks = 0, most_device_checks = 0;  // one case is checked at a time
  for (const Case& each : cases) {
    if (!each.unsupported.empty()) continue;
    require(each.name + ": takes", host_bytes(each, threads), host_free_bytes, "");
    require(each.name + ": takes", device_bytes(each), device_free_bytes, "the GPU's ");
    most_host_checks = std::max(most_host_checks, check_bytes(*each.kernel, each.problem, threads));
    most_device_checks = std::max(most_device_checks, device_bytes(each) / kTimedAndChecked);
  }
  const char* const all = "the cases together take";
  const double on_host = pool_sizes(Backend::cpu, cases, threads).bytes() + most_host_checks;
  require(all, on_host, host_free_bytes, "");
  if (most_device_checks == 0) return;  // nothing runs there
  const double on_device = pool_sizes(Backend::cuda, cases, threads).bytes() + most_device_checks;
  require(all, on_device + device_bytes_of_its_own(), device_free_bytes, "the GPU's ");
}

}  // namespace warpgauge::bench
