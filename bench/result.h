// The result of a case.
#pragma once

#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/timed_rows.h"
#include "fuzz/check.h"

namespace warpgauge::bench {

struct Repetition {
  std::vector<double> samples_ns;  // one launch each, in the order of measurement
  double cpu_ns = 0;               // CPU time per launch, mean
  double waited_ns = 0;            // descheduled time per launch, mean; excluded from its samples
};

struct CaseResult {
  Case measured;
  std::string failure = {};  // why it is wrong or failed; it has no repetitions then
  Accuracy accuracy = {};
  std::uint64_t output_hash = 0;
  std::vector<Repetition> repetitions = {};
  std::vector<TimedRows> timed_rows = {};  // of the timed launches that will be checked

  [[nodiscard]] bool skipped() const { return !measured.unsupported.empty(); }
  [[nodiscard]] bool failed() const { return !failure.empty(); }
  [[nodiscard]] bool timed() const { return !repetitions.empty(); }
  [[nodiscard]] std::vector<double> all_samples_ns() const;

  void fail(std::string why) {
    failure = std::move(why);
    repetitions.clear();
  }
};

}  // namespace warpgauge::bench
