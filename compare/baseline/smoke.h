// The least throughput of each case that a smoke test accepts on this hardware: DIR/FINGERPRINT/smoke.json,
// which `bench --assert-min` reads. Schema warpgauge/smoke/1, cases sorted by name, one a line:
//
//   {"schema": "warpgauge/smoke/1", "margin": 0.3, "date": "...", "commit": "...",
//    "identity": {...},                       what it was measured on, as in context.warpgauge
//    "cases": [
//     {"name": "...", "min_tflops": 1.25}]}
//
// The minimum is the slowest process's median throughput, less the margin: a smoke test is one short process
// on a machine that may be busy, and is there to catch what is grossly slower. Whether something is slower is
// the gate's to say.
#pragma once

#include <map>
#include <string>

#include "compare/input/result_set.h"

namespace warpgauge {

inline constexpr double kSmokeMargin = 0.3;

struct SmokeMinima {
  double margin = kSmokeMargin;
  std::string date, commit;
  std::map<std::string, std::string> identity;
  std::map<std::string, double> tflops;  // name -> least throughput
};

// From results that were read with the metric tflops. Throws std::invalid_argument when a case failed, has no
// throughput in some process, or none was measured.
SmokeMinima smoke_minima(const ResultSet& results, double margin);

std::string format_smoke_minima(const SmokeMinima& minima);

}  // namespace warpgauge
