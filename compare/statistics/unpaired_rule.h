// The rule for results without blocks: some processes of base, some of head, in no particular pairing. The
// two-way model (two_way_model.h) over processes; with fewer than three processes on a side, the deviation
// between processes is what is assumed of such a machine, or what the processes show where that is more.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

// Between-process deviations that single files are judged with, as fractions.
inline constexpr double kAssumedCpuDeviation = 0.05;
inline constexpr double kAssumedGpuDeviation = 0.015;

struct UnpairedCase {
  // Process numbers (statistic.h): base[i] is the i-th base process, NaN where that process lacks the case.
  // Every case has as many entries; at least one a side is a number.
  std::vector<double> base, head;
  Margins margins;
};

struct UnpairedOptions {
  double alpha = 0.01;                              // over the whole run
  double assumed_deviation = kAssumedCpuDeviation;  // between processes, as a fraction
};

// Throws std::invalid_argument where a side of a case has no number, or cases differ in how many entries.
Outcome decide_unpaired(std::span<const UnpairedCase> cases, const UnpairedOptions& options);

}  // namespace warpgauge
