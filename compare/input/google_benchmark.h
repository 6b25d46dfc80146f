// Google Benchmark's JSON, versions 1.5 to 1.9, and our extension of it.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document, and reads it once: a process for each of `metrics`, whose options differ in the
// metric only. Throws Diagnostic. Iteration rows are repetitions of the case that run_name
// names; rows with equal names and no repetition_index are in order. If a case has only aggregates, its
// median row counts. Complexity fits are skipped.
[[nodiscard]] std::vector<Process> read_google_benchmark(JsonReader& json, const std::string& file,
                                                         const std::vector<ReadOptions>& metrics);

}  // namespace warpgauge
