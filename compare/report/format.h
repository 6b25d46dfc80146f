// Numbers as people read them; the same in every report.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/number_format.h"
#include "compare/decide/comparison.h"

namespace warpgauge {

// The verdict as a table shows it: an accepted case is "accepted", though its verdict is `new`.
std::string cell_label(const Cell& cell);

// The case's name, with its metric if the comparison has several: "BM_Sort [cpu_time]".
std::string shown_name(const Cell& cell);

std::string value_or_unknown(const SideSummary& side, const std::string& metric);
// The ratio; the difference if a value is not above 0: "+2.000".
std::string change_or_unknown(const Cell& cell, const std::string& metric);
std::string interval_or_unknown(const Cell& cell);

// "1 regression, 3 improvements, 27 unchanged": what is there, worst first. "no cases" where there is none.
std::string format_counts(const Comparison& comparison);

// What a run could detect and how it ended, in one line. If the deviation was assumed, the MDE comes first,
// because the verdict is worth no more than the assumption.
std::string format_verdict(const Comparison& comparison);

}  // namespace warpgauge
