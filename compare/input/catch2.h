// Catch2's XML (--reporter xml), of versions 2 and 3: the results of its BENCHMARK macros.
#pragma once

#include <string>
#include <string_view>

#include "compare/input/reader.h"

namespace warpgauge {

// Throws Diagnostic. A case is TESTCASE/SECTION/BENCHMARK. The file has only the mean of the samples, with
// their deviation: the case is aggregate_only. The metric is real_time.
[[nodiscard]] Process read_catch2(std::string_view text, const std::string& file, const ReadOptions& options);

// The name of the test executable; empty if the text does not begin with one. Throws Diagnostic.
[[nodiscard]] std::string catch2_executable(std::string_view text);

}  // namespace warpgauge
