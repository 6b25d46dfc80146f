// A share as people write it: '3%' or '0.03'. A bare number from 0.5 on is refused: whoever writes
// --fail-above 3 means 3 %, not fourfold.
#pragma once

#include <string_view>

namespace warpgauge {

// As a fraction, >= 0. Throws std::invalid_argument with a sentence that names the text and the remedy.
double parse_threshold(std::string_view text);

// A test level as people write it, in the same way; refuses what is none (from 0.5 on), and what is so small
// that nothing could ever pass it.
double parse_level(std::string_view text);

}  // namespace warpgauge
