// Numbers as people read them; the same in every report.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/number_format.h"
#include "compare/decide/comparison.h"

namespace warpgauge {

std::string value_or_unknown(const SideSummary& side, const std::string& metric);
std::string change_or_unknown(const Cell& cell);
std::string interval_or_unknown(const Cell& cell);

// "1 regression, 3 improvements, 27 unchanged": what is there, worst first. "no cases" where there is none.
std::string format_counts(const Comparison& comparison);

// What a run can see and how it ended, one line; the smallest detectable change comes first where the
// deviation was assumed, because the verdict is then worth no more than the assumption.
std::string format_verdict(const Comparison& comparison);

}  // namespace warpgauge
