// comparison.json, schema warpgauge/comparison/2: its keys are a contract, one case a line, null where not
// known. Valid for any JSON parser whatever bytes the data holds: non-finite numbers are null, invalid UTF-8
// is replaced.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

inline constexpr const char* kComparisonSchema = "warpgauge/comparison/2";

std::string json_report(const Comparison& comparison);

}  // namespace warpgauge
