#include "compare/input/fields.h"

#include <charconv>
#include <cmath>

#include "compare/input/diagnostic.h"

namespace warpgauge {
namespace {

Diagnostic wrong_type(JsonType found, const char* expected, std::string_view file, std::string_view place) {
  return meaning_diagnostic(file, place,
                            std::string("expected ") + expected + ", found " + json_type_name(found), "");
}

}  // namespace

std::string_view string_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type != JsonType::string) throw wrong_type(value.type, "a string", file, place);
  return value.text;
}

bool boolean_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type != JsonType::boolean) throw wrong_type(value.type, "true or false", file, place);
  return value.text == "true";
}

std::int64_t count_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type != JsonType::number) throw wrong_type(value.type, "a number", file, place);
  std::int64_t count = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, count);
  if (error != std::errc() || stop != end || count < 0) {
    throw meaning_diagnostic(file, place, "expected a whole number from 0 on, found " + printable(value.text),
                             "");
  }
  return count;
}

double positive_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type != JsonType::number) throw wrong_type(value.type, "a number", file, place);
  const double number = number_of(value.text);
  check_positive(number, value.text, file, place);
  return number;
}

void check_positive(double number, std::string_view text, std::string_view file, std::string_view place) {
  if (!std::isfinite(number)) {
    throw meaning_diagnostic(file, place, printable(text) + " is not a finite number",
                             "the measurement went wrong: run it again, or leave the case out with --filter");
  }
  if (number <= 0) {
    throw meaning_diagnostic(file, place, printable(text) + " is not greater than 0",
                             "a ratio needs positive numbers; a time of 0 means that nothing was measured");
  }
}

void expect_next(JsonReader& json, JsonType type, std::string_view file, std::string_view place) {
  if (const JsonType found = json.peek(); found != type) {
    throw wrong_type(found, json_type_name(type), file, place);
  }
}

}  // namespace warpgauge
