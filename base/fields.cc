#include "base/fields.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

constexpr std::string_view kAnew = "mend it there, or write the file anew with what it comes from";

}  // namespace

Diagnostic wrong_type(JsonType found, JsonType expected, std::string_view file, std::string_view place) {
  return meaning_diagnostic(
      file, place, std::string("expected ") + json_type_name(expected) + ", found " + json_type_name(found),
      found == JsonType::null ? "null stands for what was not known: measure it again, or leave it out"
                              : kAnew);
}

Diagnostic not_a_count(std::string_view text, std::string_view file, std::string_view place) {
  return meaning_diagnostic(file, place, "expected a whole number from 0 on, found " + printable(text),
                            kAnew);
}

Diagnostic not_positive(double number, std::string_view text, std::string_view file, std::string_view place) {
  if (!std::isfinite(number)) {
    return meaning_diagnostic(
        file, place, printable(text) + " is not a finite number",
        "the measurement went wrong: run it again, or leave the case out with --filter");
  }
  if (number > 0) {
    return meaning_diagnostic(file, place, printable(text) + " is too small to be compared",
                              "the measurement went wrong, or a counter needs another unit");
  }
  return meaning_diagnostic(file, place, printable(text) + " is not greater than 0",
                            "a ratio needs positive numbers; a time of 0 means that nothing was measured");
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end || count < 0) return std::nullopt;
  return count;
}

bool is_positive(double number) {
  return std::isfinite(number) && number >= std::numeric_limits<double>::min();
}

}  // namespace warpgauge
