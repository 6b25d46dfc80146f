// What became of a case.
#pragma once

#include <string>
#include <vector>

#include "bench/cases.h"
#include "fuzz/check.h"

namespace warpgauge::bench {

struct Repetition {
  std::vector<double> samples_ns;  // one launch each, in the order in which they were taken
  double cpu_ns = 0;               // processor time of a launch, mean
  double waited_ns = 0;            // for other processes' turns, a launch, mean; not in its samples
};

struct CaseResult {
  Case measured;
  std::string failure = {};  // wrong, or failed to run; then there are no repetitions
  Accuracy accuracy = {};
  std::uint64_t output_hash = 0;
  std::vector<Repetition> repetitions = {};

  bool skipped() const { return !measured.unsupported.empty(); }
  bool failed() const { return !failure.empty(); }
  bool timed() const { return !repetitions.empty(); }

  void fail(std::string why) {
    failure = std::move(why);
    repetitions.clear();
  }
};

}  // namespace warpgauge::bench
