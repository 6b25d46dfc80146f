// The minimum throughput that --assert-min requires of each case on this hardware, from a file that
// `warpgauge-compare bless --smoke` wrote (schema warpgauge/smoke/1).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/environment.h"
#include "bench/result.h"

namespace warpgauge::bench {

struct Minima {
  std::string file;
  KeyValues identity;
  std::map<std::string, double> tflops;  // by case
};

// Throws Diagnostic if the file cannot be read or is not valid.
[[nodiscard]] Minima read_minima(const std::string& path);

// Why the results do not meet the minima, one sentence each: other hardware, a case below its minimum, a case
// with a minimum that was not timed. A case without a minimum is new, and not a reason.
[[nodiscard]] std::vector<std::string> shortfalls(const Minima& minima, std::span<const CaseResult> results,
                                                  const KeyValues& identity);

}  // namespace warpgauge::bench
