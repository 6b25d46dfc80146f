#include "bench/memory_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/host_memory.h"
#include "base/number_format.h"
#include "base/usage_error.h"
#include "bench/operand_list.h"
#include "bench/operands.h"
#include "fuzz/check_memory.h"

namespace warpgauge::bench {
namespace {

constexpr double kTimedAndChecked = 2;  // on a GPU, each has operands of its own

// Operands and outputs in their own type, and the workspace.
double timed_bytes(const Case& measured, int threads) {
  const Problem& p = measured.problem;
  double bytes = renewal_sizes(p).total() + static_cast<double>(measured.kernel->workspace(p, threads));
  for (const Operand& operand : all_operands())
    bytes += static_cast<double>(std::max<std::int64_t>(0, operand.bytes(p)));
  return bytes;
}

}  // namespace

double host_bytes(const Case& measured, int threads) {
  const bool on_host = measured.kernel->backend != Backend::cuda;
  return check_bytes(*measured.kernel, measured.problem, threads) +
         (on_host ? timed_bytes(measured, threads) : 0);
}

double device_bytes(const Case& measured) {
  constexpr int kThreads = 1;  // has no meaning on a GPU
  return measured.kernel->backend == Backend::cuda ? kTimedAndChecked * timed_bytes(measured, kThreads) : 0;
}

double device_bytes_of_bench() {
  constexpr double kOracle = 0.75 * 0x1p30;    // logits in f64 and f32, one head, and cuBLAS itself
  constexpr double kCeilings = 1.25 * 0x1p30;  // the buffer that is read, and three matrices
  constexpr double kEviction = 0.25 * 0x1p30;  // twice the largest L2
  // The memory for the ceilings is freed before the oracle allocates.
  return std::max(kOracle, kCeilings) + kEviction;
}

void require_memory(std::span<const Case> cases, int threads, double device_free_bytes) {
  const auto require = [](std::string_view who, double needed, double free, std::string_view memory) {
    if (needed > free)
      throw UsageError(fmt::format(
          "{} about {} of {}, {} are free; use smaller shapes, or select fewer cases with --benchmark_filter",
          who, format_bytes(needed), memory, format_bytes(free)));
  };
  constexpr std::string_view kHostMemory = "memory", kDeviceMemory = "GPU memory";
  const double host_free_bytes = available_memory_bytes();
  double most_host_checks = 0, most_device_checks = 0;  // one case is checked at a time
  for (const Case& each : cases) {
    if (!each.unsupported.empty()) continue;
    const std::string who = each.name + ": needs";
    require(who, host_bytes(each, threads), host_free_bytes, kHostMemory);
    require(who, device_bytes(each), device_free_bytes, kDeviceMemory);
    most_host_checks = std::max(most_host_checks, check_bytes(*each.kernel, each.problem, threads));
    most_device_checks = std::max(most_device_checks, device_bytes(each) / kTimedAndChecked);
  }
  constexpr std::string_view kAll = "the selected cases together need";
  const double on_host = pool_sizes(Backend::cpu, cases, threads).bytes() + most_host_checks;
  require(kAll, on_host, host_free_bytes, kHostMemory);
  if (most_device_checks == 0) return;  // nothing runs there
  const double on_device = pool_sizes(Backend::cuda, cases, threads).bytes() + most_device_checks;
  require(kAll, on_device + device_bytes_of_bench(), device_free_bytes, kDeviceMemory);
}

}  // namespace warpgauge::bench
