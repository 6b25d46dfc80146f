// The comparison as a comment under a pull request: verdict, counts, the ten worst, what differs between the
// machines, the whole table folded, the command that makes it again. Never more than kMarkdownLimit bytes:
// GitHub refuses a comment above 65,536 characters.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

inline constexpr std::size_t kMarkdownLimit = 60'000;

std::string markdown_report(const Comparison& comparison);

}  // namespace warpgauge
