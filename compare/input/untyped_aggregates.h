// Google Benchmark before 1.5 does not say of a row whether it is a measurement or an aggregate of some:
// there is no run_type. What such rows call X_mean and X_stddev are aggregates of X, and no cases.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "compare/input/google_benchmark_row.h"
#include "compare/input/result_set.h"

namespace warpgauge {

class UntypedAggregates {
 public:
  // A row that has no run_type. `name` outlives this. True where the rows so far prove it an aggregate, whose
  // number need not be one that a case could have: a deviation of 0.
  bool see(std::string_view name, const GoogleBenchmarkRow& row);

  // Takes what proved to be aggregates out of the cases, with a warning. `measured` tells whether there was a
  // row of that name. Throws Diagnostic where a case has nothing but aggregates.
  void take_out(Process& process, const std::function<bool(std::string_view)>& measured) const;

 private:
  struct Seen {
    std::string place;  // of the first
    bool mean = false, stddev = false;
  };
  std::map<std::string_view, Seen> runs_;  // by the name of what they would be aggregates of
};

}  // namespace warpgauge
