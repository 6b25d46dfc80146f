#include "bench/station.h"

#include <utility>

namespace warpgauge::bench {

void Station::notice_loss(const Case& culprit) {
  const std::string reason = backend_lost(culprit.kernel->backend);
  if (lost.empty() && !reason.empty()) lost = "the device was lost through " + culprit.name + ": " + reason;
}

Stations make_stations(std::span<const Case> cases, const Options& options, int threads) {
  Stations stations;
  for (const Case& each : cases) {
    const Backend backend = each.kernel->backend;
    if (!each.unsupported.empty() || stations.contains(backend)) continue;
    const CacheMode cache = options.cache_of(backend);
    const bool cuda = backend == Backend::cuda;
    const auto measure_ceilings = [&] {
      return cuda ? measure_cuda_ceilings() : measure_cpu_ceilings(threads);
    };
    stations.emplace(backend, Station{.pool = OperandPool(backend, cases, options.seed, threads),
                                      .sampler = cuda ? make_cuda_sampler(cache) : make_cpu_sampler(cache),
                                      .ceilings = options.dry_run ? Ceilings{} : measure_ceilings(),
                                      .cache = cache});
  }
  return stations;
}

}  // namespace warpgauge::bench
