// Google Benchmark before 1.5 writes no run_type, so aggregates look like measurements. If such rows are
// called X_mean and X_stddev, they are aggregates of X, and not cases.
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
  // Takes a row without run_type. `name` outlives this. True if the rows so far prove that it is an
  // aggregate, whose number need not be valid for a case: a deviation of 0.
  [[nodiscard]] bool see(std::string_view name, const GoogleBenchmarkRow& row);

  // Removes the proven aggregates from the cases, with a warning. `measured(name)`: whether the file has a
  // row of that name. A case that has only aggregates is skipped, with the reason.
  void remove_from(Process& process, const std::function<bool(std::string_view)>& measured) const;

 private:
  struct Seen {
    std::string place;  // of the first
    bool mean = false, stddev = false;
  };
  std::map<std::string_view, Seen> runs_;  // X -> its aggregates
};

}  // namespace warpgauge
