// What is needed to measure the cases of one backend: operand memory, sampler, ceilings.
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

struct BackendRuntime {
  std::optional<OperandPool> pool;  // set, as is the sampler, unless the backend is lost
  std::unique_ptr<Sampler> sampler;
  Ceilings ceilings;
  CacheMode cache;
  // Why the backend is lost: its set-up failed, or a case made the device unusable. Nothing is launched then.
  // Empty: it works.
  std::string lost = {};
  std::string (*ask_loss)(Backend) = backend_lost;

  // Must be called after a failure of `culprit`: checks whether the backend still works.
  void notice_loss(const Case& culprit);
};

using BackendRuntimes = std::map<Backend, BackendRuntime>;

// One per backend with a supported case. If its set-up fails it is lost, and the others are not affected.
[[nodiscard]] BackendRuntimes make_runtimes(std::span<const Case> cases, const Options& options, int threads);

}  // namespace warpgauge::bench
