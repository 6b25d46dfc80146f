// The history of a stored baseline as text: one bar per round for each case. Fits 100 columns, and kMostLines
// lines unless `all`.
#pragma once

#include <string>

#include "compare/baseline/history.h"

namespace warpgauge {

// `path` names the baseline's file.
[[nodiscard]] std::string trend_report(const std::string& path, const BaselineTrend& trend, bool all = false);

}  // namespace warpgauge
