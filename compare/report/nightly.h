// The table of `nightly`: how often the rules failed on a series, and what they found in it.
#pragma once

#include <string>

#include "compare/baseline/nightly.h"

namespace warpgauge {

[[nodiscard]] std::string nightly_report(const NightlyResult& result, bool all = false);

}  // namespace warpgauge
