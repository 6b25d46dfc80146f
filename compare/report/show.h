// The results of one binary as a table, one row per case. Fits 100 columns, and kMostLines lines unless
// `all`: then failed and skipped cases have a row, and as many others as fit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// Counters of `bench` that the table has columns for; results of other binaries lack them.
inline constexpr std::array<const char*, 3> kShownCounters = {"tflops", "roofline_pct", "err_over_bound"};

struct ShownCase {
  std::string name;
  SideSummary numbers;                                                // of the metric
  std::array<std::optional<double>, kShownCounters.size()> counters;  // of the case
  std::string failure, skip_reason;                                   // empty: it was measured
};

struct ShownResults {
  std::string metric;
  std::int64_t processes = 0;
  std::vector<ShownCase> cases;
  std::vector<std::string> warnings;
};

// Leaves out the columns that no row has.
[[nodiscard]] std::string show_report(const ShownResults& results, bool all = false);

}  // namespace warpgauge
