// The comparison for people at a terminal: what differs between the sides, the cases grouped by verdict with
// the worst first, the verdict as the last line. Fits 100 columns, but for commands to be copied.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

struct TextStyle {
  bool colour = false;
};

std::string text_report(const Comparison& comparison, const TextStyle& style);

}  // namespace warpgauge
