// Numbers as people read them; the same in every report.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "compare/comparison.h"

namespace warpgauge {

inline constexpr const char* kUnknown = "-";  // what stands where a number is not known

std::string format_duration(double ns);                             // "1.234 ms"
std::string format_value(double value, const std::string& metric);  // a duration, or a counter: "12.3M"
std::string format_percent(double fraction);                        // "1.5 %", unsigned
std::string format_detectable(double fraction);                     // "1.5 %", "more than a doubling"
std::string format_change(double ratio);                            // "+3.1 %"; 1.031 -> + is worse
std::string format_interval(const std::array<double, 2>& ratios);   // "+2.0 .. +4.0 %"

// "1 round", "2 rounds".
std::string format_count(std::int64_t count, std::string plural);

std::string value_or_unknown(const SideSummary& side, const std::string& metric);
std::string change_or_unknown(const Cell& cell);
std::string interval_or_unknown(const Cell& cell);

// "1 regression, 3 improvements, 27 unchanged": what is there, worst first. "no cases" where there is none.
std::string format_counts(const Comparison& comparison);

// What a run can see and how it ended, one line; the smallest detectable change comes first where the
// deviation was assumed, because the verdict is then worth no more than the assumption.
std::string format_verdict(const Comparison& comparison);

}  // namespace warpgauge
