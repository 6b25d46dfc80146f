// All that one backend needs to be measured: its memory, its sampler, its ceilings.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "bench/ceilings.h"
#include "bench/operands.h"
#include "bench/sampler.h"

namespace warpgauge::bench {

struct Station {
  std::optional<OperandPool> pool;  // there, as is the sampler, unless the station is lost
  std::unique_ptr<Sampler> sampler;
  Ceilings ceilings;
  CacheMode cache;
  std::string lost = {};  // not empty: it could not be set up, or a case took the device along; nothing runs
  std::string (*ask_loss)(Backend) = backend_lost;

  // To be called when `culprit` has failed: asks whether the backend still answers.
  void notice_loss(const Case& culprit);
};

using Stations = std::map<Backend, Station>;

// One for each backend that a supported case of `cases` needs; lost, where it cannot be set up.
Stations make_stations(std::span<const Case> cases, const Options& options, int threads);

}  // namespace warpgauge::bench
