// A share as people write it: '3%' or '0.03'. A bare number from 0.5 on is refused: whoever writes
// --fail-above 3 means 3 %, not fourfold.
#pragma once

#include <string_view>

namespace warpgauge {

// As a fraction, >= 0. Throws std::invalid_argument with a sentence that names the text and the remedy.
double parse_threshold(std::string_view text);

}  // namespace warpgauge
