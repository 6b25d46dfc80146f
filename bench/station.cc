#include "bench/station.h"

#include <stdexcept>
#include <utility>

namespace warpgauge::bench {
namespace {

void set_up(Station& station, Backend backend, std::span<const Case> cases, const Options& options,
            int threads) {
  const bool cuda = backend == Backend::cuda;
  station.pool.emplace(backend, cases, options.seed, threads);
  station.sampler = cuda ? make_cuda_sampler(station.cache) : make_cpu_sampler(station.cache);
  if (!options.dry_run) station.ceilings = cuda ? measure_cuda_ceilings() : measure_cpu_ceilings(threads);
}

}  // namespace

void Station::notice_loss(const Case& culprit) {
  const std::string reason = ask_loss(culprit.kernel->backend);
  if (lost.empty() && !reason.empty()) lost = "the device was lost through " + culprit.name + ": " + reason;
}

Stations make_stations(std::span<const Case> cases, const Options& options, int threads) {
  Stations stations;
  for (const Case& each : cases) {
    const Backend backend = each.kernel->backend;
    if (!each.unsupported.empty() || stations.contains(backend)) continue;
    Station& station = stations[backend];
    station.cache = options.cache_of(backend);
    try {
      set_up(station, backend, cases, options, threads);
    } catch (const std::runtime_error& error) {
      station.lost = std::string(backend_name(backend)) + " kernels cannot be measured: " + error.what();
      station.pool.reset();  // others may need the memory
    }
  }
  return stations;
}

}  // namespace warpgauge::bench
