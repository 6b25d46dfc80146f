#include "bench/station.h"

#include <utility>

namespace warpgauge::bench {

Stations make_stations(std::span<const Case> cases, const Options& options, int threads) {
  Stations stations;
  for (const Case& each : cases) {
    const Backend backend = each.kernel->backend;
    if (!each.unsupported.empty() || stations.contains(backend)) continue;
    const CacheMode cache = options.cache_of(backend);
    const bool cuda = backend == Backend::cuda;
    stations.emplace(backend,
                     Station{.pool = OperandPool(backend, cases, options.seed, threads),
                             .sampler = cuda ? make_cuda_sampler(cache) : make_cpu_sampler(cache),
                             .ceilings = cuda ? measure_cuda_ceilings() : measure_cpu_ceilings(threads),
                             .cache = cache});
  }
  return stations;
}

}  // namespace warpgauge::bench
