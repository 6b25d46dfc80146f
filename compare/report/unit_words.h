// The unit of analysis in words.
#pragma once

#include <cstdint>
#include <string>

#include "compare/statistics/decision.h"

namespace warpgauge {

// "processes", "rounds", "blocks": also how comparison.json names the unit.
[[nodiscard]] const char* unit_name(Unit unit);

// "3 processes", "1 round".
[[nodiscard]] std::string format_units(std::int64_t count, Unit unit);

// The units that a case was judged by: "3 processes per side", "1 new round", "6 blocks".
[[nodiscard]] std::string format_used_units(std::int64_t count, Unit unit);

// The test in one line: "unpaired over processes; two-way model ...".
[[nodiscard]] std::string method_words(Unit unit);

}  // namespace warpgauge
