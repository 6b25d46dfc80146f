// A share as users write it: '3%' or '0.03'. A bare number of 0.5 or more is refused, because --fail-above 3
// means 3 %, not a factor of 4.
#pragma once

#include <string_view>

namespace warpgauge {

// A level that is spread over looks and cases has to be at least this large to mean anything.
inline constexpr double kSmallestLevel = 1e-15;
inline constexpr double kLargestLevel = 0.5;  // exclusive

// As a fraction, >= 0. Throws std::invalid_argument with the text and what to write instead.
[[nodiscard]] double parse_threshold(std::string_view text);

// A test level, written in the same way, from kSmallestLevel to below kLargestLevel.
[[nodiscard]] double parse_level(std::string_view text);

}  // namespace warpgauge
