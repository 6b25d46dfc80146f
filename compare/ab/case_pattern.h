// A --benchmark_filter that selects exactly the given names.
//
// Google Benchmark compiles it with std::regex or POSIX's, whose limits bite (1,500 alternatives compile,
// 2,000 do not; a command line holds 128 KiB an argument): names are escaped, common prefixes factored out,
// and above 1,000 names or 100 KiB there is no filter at all.
#pragma once

#include <string>
#include <vector>

namespace warpgauge {

// "^(cpu/(blas|naive)/f32)$"; "." where there are too many names for a filter, which runs them all.
std::string case_pattern(std::vector<std::string> names);

}  // namespace warpgauge
