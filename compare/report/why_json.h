// Why a case has its verdict, as comparison.json holds it: {"kind": "change_proved", ...}.
#pragma once

#include <nlohmann/json.hpp>

#include "base/field_reader.h"
#include "compare/decide/why.h"

namespace warpgauge {

// Null for std::monostate. Numbers are fractions and ratios, not logs.
[[nodiscard]] nlohmann::ordered_json why_json(const Why& why);
// Reads it again: what is read is written as the same bytes.
[[nodiscard]] ReadValue why_field(Why& into);

// "regression", "improvement", "unchanged", "inconclusive".
[[nodiscard]] const char* decided_name(Decided decided);

}  // namespace warpgauge
