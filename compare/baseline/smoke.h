// The minimum throughput of each case that a smoke test accepts on one machine: DIR/FINGERPRINT/smoke.json,
// which `bench --assert-min` reads. Schema warpgauge/smoke/1, cases sorted by name, one per line:
//
//   {"schema": "warpgauge/smoke/1", "margin": 0.3, "date": "...", "commit": "...",
//    "identity": {...},                       the hardware, as in context.warpgauge
//    "cases": [
//     {"name": "...", "min_tflops": 1.25}]}
//
// The minimum is the slowest process's median throughput, less the margin. A smoke test is one short process,
// possibly on a busy machine, so it detects only large regressions; smaller ones are the gate's task.
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
  std::map<std::string, double> tflops;  // name -> minimum
};

// From results that were read with the metric tflops. Throws std::invalid_argument if a case failed, if some
// process has no throughput for it, if no case was measured, or if files differ in hardware or cases.
[[nodiscard]] SmokeMinima smoke_minima(const ResultSet& results, double margin);

[[nodiscard]] std::string format_smoke_minima(const SmokeMinima& minima);

}  // namespace warpgauge
