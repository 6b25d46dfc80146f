#include "bench/result.h"

namespace warpgauge::bench {

std::vector<double> CaseResult::all_samples_ns() const {
  std::vector<double> samples_ns;
  for (const Repetition& repetition : repetitions)
    samples_ns.insert(samples_ns.end(), repetition.samples_ns.begin(), repetition.samples_ns.end());
  return samples_ns;
}

}  // namespace warpgauge::bench
