#include "bench/backend_runtime.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace warpgauge::bench {
namespace {

void set_up(BackendRuntime& runtime, Backend backend, std::span<const Case> cases, const Options& options,
            int threads) {
  const bool cuda = backend == Backend::cuda;
  runtime.pool.emplace(backend, cases, options.seed, threads);
  runtime.sampler = cuda ? make_cuda_sampler(runtime.cache) : make_cpu_sampler(runtime.cache);
  if (!options.dry_run) runtime.ceilings = cuda ? measure_cuda_ceilings() : measure_cpu_ceilings(threads);
}

}  // namespace

void BackendRuntime::notice_loss(const Case& culprit) {
  const std::string reason = ask_loss(culprit.kernel->backend);
  if (lost.empty() && !reason.empty())
    lost = fmt::format("the device became unusable in {}: {}", culprit.name, reason);
}

BackendRuntimes make_runtimes(std::span<const Case> cases, const Options& options, int threads) {
  BackendRuntimes runtimes;
  for (const Case& each : cases) {
    const Backend backend = each.kernel->backend;
    if (!each.unsupported.empty() || runtimes.contains(backend)) continue;
    BackendRuntime& runtime = runtimes[backend];
    runtime.cache = options.cache_of(backend);
    try {
      set_up(runtime, backend, cases, options, threads);
    } catch (const std::runtime_error& error) {
      runtime.lost = fmt::format("{} kernels cannot be measured: {}", backend_name(backend), error.what());
      runtime.pool.reset();  // other backends may need the memory
    }
  }
  return runtimes;
}

}  // namespace warpgauge::bench
