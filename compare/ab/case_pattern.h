// A --benchmark_filter that selects exactly the given names.
//
// Google Benchmark compiles it with std::regex or POSIX. These have limits: 1,500 alternatives compile, 2,000
// do not, and one argument of a command line holds at most 128 KiB. So common prefixes are factored out.
// Above 1,000 names or 100 KiB the filter selects every case.
#pragma once

#include <string>
#include <vector>

namespace warpgauge {

// "^(cpu/(blas|naive)/f32)$"; ".", which selects every case, if there are too many names.
[[nodiscard]] std::string case_pattern(std::vector<std::string> names);

}  // namespace warpgauge
