// Google Benchmark's JSON, 1.5 to 1.9, and ours, which is the same with more in it.
#pragma once

#include <string>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document. Iteration rows are repetitions of the case that run_name names (equal names
// without repetition_index: in order); a case of which only aggregates were written counts through its median
// row; fits of complexity are passed over. Throws Diagnostic.
Process read_google_benchmark(JsonReader& json, const std::string& file, const ReadOptions& options);

}  // namespace warpgauge
