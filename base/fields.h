// Values that a field must have, or a Diagnostic that names the field's place. Shared by all that read JSON
// here. A Place is anything that a std::string can be made of, "benchmarks[4] NAME.real_time"; it is made
// only when something is wrong, because it costs more than reading the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/json.h"

namespace warpgauge {

Diagnostic wrong_type(JsonType found, JsonType expected, std::string_view file, std::string_view place);
Diagnostic not_a_count(std::string_view text, std::string_view file, std::string_view place);
// For a `number` that is_positive() does not take; `text` is how it stands in the file.
Diagnostic not_positive(double number, std::string_view text, std::string_view file, std::string_view place);
std::optional<std::int64_t> parse_count(std::string_view text);  // a whole number >= 0
// What can stand in a ratio and be the other side's reciprocal: finite, > 0, and not too small for that.
bool is_positive(double number);

template <typename Place>
void expect_type(JsonType found, JsonType expected, std::string_view file, const Place& place) {
  if (found != expected) throw wrong_type(found, expected, file, std::string(place));
}

template <typename Place>
std::string_view string_field(const JsonValue& value, std::string_view file, const Place& place) {
  expect_type(value.type, JsonType::string, file, place);
  return value.text;
}

template <typename Place>
bool boolean_field(const JsonValue& value, std::string_view file, const Place& place) {
  expect_type(value.type, JsonType::boolean, file, place);
  return value.text == "true";
}

template <typename Place>
std::int64_t count_field(const JsonValue& value, std::string_view file, const Place& place) {
  expect_type(value.type, JsonType::number, file, place);
  const std::optional<std::int64_t> count = parse_count(value.text);
  if (!count) throw not_a_count(value.text, file, std::string(place));
  return *count;
}

// Of a number that has been converted already.
template <typename Place>
void check_positive(double number, std::string_view text, std::string_view file, const Place& place) {
  if (!is_positive(number)) throw not_positive(number, text, file, std::string(place));
}

template <typename Place>
double positive_field(const JsonValue& value, std::string_view file, const Place& place) {
  expect_type(value.type, JsonType::number, file, place);
  const double number = number_of(value.text);
  check_positive(number, value.text, file, place);
  return number;
}

}  // namespace warpgauge
