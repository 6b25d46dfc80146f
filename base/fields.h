// Checks of single values, for readers that take the fields of a document in their own order: those of result
// files, whose rows can only be judged as a whole. Formats of ours are read with field_reader.h.
//
// A Place is anything that converts to std::string, "benchmarks[4] NAME.real_time". It is converted only for
// a message, because that costs more than reading the value.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/json.h"

namespace warpgauge {

// "expected a number, found a string"
[[nodiscard]] std::string type_mismatch(JsonType found, JsonType expected);
[[nodiscard]] Diagnostic wrong_type(JsonType found, JsonType expected, std::string_view file,
                                    std::string_view place);
[[nodiscard]] Diagnostic not_a_count(std::string_view text, std::string_view file, std::string_view place);

// Whether a ratio can be made with it: finite, > 0, and not too small for its reciprocal.
[[nodiscard]] bool is_positive(double number);
// Why is_positive() does not hold for `number`. `text` is how the number is written in the file.
[[nodiscard]] std::string why_not_positive(double number, std::string_view text);
[[nodiscard]] Diagnostic not_positive(double number, std::string_view text, std::string_view file,
                                      std::string_view place);
[[nodiscard]] Diagnostic not_a_counter(double number, std::string_view text, std::string_view file,
                                       std::string_view place);
[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text);  // a whole number >= 0

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

// A counter may be 0 or negative, but not too small to be compared.
template <typename Place>
void check_counter(double number, std::string_view text, std::string_view file, const Place& place) {
  if (number != 0 && !is_positive(std::fabs(number)))
    throw not_a_counter(number, text, file, std::string(place));
}

template <typename Place>
double counter_field(const JsonValue& value, std::string_view file, const Place& place) {
  expect_type(value.type, JsonType::number, file, place);
  const double number = number_of(value.text);
  check_counter(number, value.text, file, place);
  return number;
}

// For a number that is converted already.
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
