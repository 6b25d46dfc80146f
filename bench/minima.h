// The least throughput that --assert-min accepts of each case on this hardware: what `warpgauge-compare bless
// --smoke` wrote (schema warpgauge/smoke/1).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/fingerprint.h"
#include "bench/result.h"

namespace warpgauge::bench {

struct Minima {
  std::string file;
  KeyValues identity;
  std::map<std::string, double> tflops;  // case -> least throughput
};

// Throws std::runtime_error, with the place and a hint, when the file cannot be read or is no such file.
Minima read_minima(const std::string& path);

// Why the results do not meet the minima, a sentence each: other hardware, a case below its minimum, a case
// with a minimum that was not timed. A case without a minimum is new, and meets them.
std::vector<std::string> shortfalls(const Minima& minima, std::span<const CaseResult> results,
                                    const KeyValues& identity);

}  // namespace warpgauge::bench
