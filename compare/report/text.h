// The comparison for people at a terminal: the cases grouped by verdict with the worst first, what differs
// between the sides, the verdict as the last line. Fits 100 columns, but for commands to be copied, and
// kMostLines lines: then each group shows its largest changes and the number of the others.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

struct TextStyle {
  bool colour = false;
  bool all = false;  // without a limit
};

std::string text_report(const Comparison& comparison, const TextStyle& style);

}  // namespace warpgauge
