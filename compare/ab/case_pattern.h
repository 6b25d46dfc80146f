// A --benchmark_filter that selects exactly the given names.
//
// Google Benchmark compiles it with std::regex or POSIX. These have limits: 1,500 alternatives compile, 2,000
// do not, an expression of libstdc++ has at most 100,000 states, and one argument of a command line holds at
// most 128 KiB. So common prefixes are factored out, and many names are cut into parts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace warpgauge {

inline constexpr std::size_t kMostPatternNames = 1000, kMostPatternBytes = std::size_t{64} << 10;

// "^(cpu/(blas|naive)/f32)$". A single name that is too long is cut: then the filter may select other names,
// too.
[[nodiscard]] std::string case_pattern(std::vector<std::string> names);

// The names in parts of similar size, in their order, each with a pattern within the limits. At least one
// part.
[[nodiscard]] std::vector<std::vector<std::string>> pattern_parts(const std::vector<std::string>& names);

}  // namespace warpgauge
