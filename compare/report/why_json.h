// Why a case has its verdict, as comparison.json holds it: {"kind": "change_proved", ...}.
#pragma once

#include <nlohmann/json.hpp>

#include "compare/decide/why.h"

namespace warpgauge {

// Null for std::monostate. Numbers are fractions and ratios, not logs.
[[nodiscard]] nlohmann::ordered_json why_json(const Why& why);

// "regression", "improvement", "unchanged", "inconclusive".
[[nodiscard]] const char* decided_name(Decided decided);

}  // namespace warpgauge
