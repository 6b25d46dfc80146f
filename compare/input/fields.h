// Values that a field must have, or a Diagnostic that names the field's place. Shared by all that read JSON
// here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compare/input/json.h"

namespace warpgauge {

// `place` is what stands in the diagnostic: "benchmarks[4] NAME.real_time".
std::string_view string_field(const JsonValue& value, std::string_view file, std::string_view place);
bool boolean_field(const JsonValue& value, std::string_view file, std::string_view place);
std::int64_t count_field(const JsonValue& value, std::string_view file,
                         std::string_view place);  // integer >= 0
// Finite and > 0: what can stand in a ratio.
double positive_field(const JsonValue& value, std::string_view file, std::string_view place);
// The same of a number that has been converted; `text` is how it stands in the file.
void check_positive(double number, std::string_view text, std::string_view file, std::string_view place);
// For begin_object and begin_array: what comes next must be one.
void expect_next(JsonReader& json, JsonType type, std::string_view file, std::string_view place);

}  // namespace warpgauge
