// All that one backend needs to be measured: its memory, its sampler, its ceilings.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "bench/ceilings.h"
#include "bench/operands.h"
#include "bench/sampler.h"

namespace warpgauge::bench {

struct Station {
  OperandPool pool;
  std::unique_ptr<Sampler> sampler;
  Ceilings ceilings;
  CacheMode cache;
  std::string lost = {};  // not empty: a case took the device along, and nothing runs here any more

  // To be called when `culprit` has failed: asks whether the backend still answers.
  void notice_loss(const Case& culprit);
};

using Stations = std::map<Backend, Station>;

// One for each backend that a supported case of `cases` needs. Throws std::runtime_error when it cannot be
// set up.
Stations make_stations(std::span<const Case> cases, const Options& options, int threads);

}  // namespace warpgauge::bench
