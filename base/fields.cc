#include "base/fields.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

constexpr std::string_view kWriteAgain = "correct the file, or write it again with the program that made it";

}  // namespace

std::string type_mismatch(JsonType found, JsonType expected) {
  return fmt::format("expected {}, found {}", json_type_name(expected), json_type_name(found));
}

Diagnostic wrong_type(JsonType found, JsonType expected, std::string_view file, std::string_view place) {
  return meaning_diagnostic(file, place, type_mismatch(found, expected),
                            found == JsonType::null
                                ? "null stands for an unknown value: measure it again, or remove it"
                                : kWriteAgain);
}

Diagnostic not_a_count(std::string_view text, std::string_view file, std::string_view place) {
  return meaning_diagnostic(file, place,
                            fmt::format("expected a whole number of at least 0, found {}", printable(text)),
                            kWriteAgain);
}

bool is_positive(double number) {
  return std::isfinite(number) && number >= std::numeric_limits<double>::min();
}

std::string why_not_positive(double number, std::string_view text) {
  const char* const why = !std::isfinite(number) ? "is not a finite number"
                          : number > 0           ? "is too small to be compared"
                                                 : "is not greater than 0";
  return fmt::format("{} {}", printable(text), why);
}

Diagnostic not_positive(double number, std::string_view text, std::string_view file, std::string_view place) {
  const char* const hint =
      !std::isfinite(number) ? "the measurement failed: run it again, or exclude the case with --filter"
      : number > 0           ? "the measurement failed, or the counter needs another unit"
                             : "ratios need positive numbers; a time of 0 means that nothing was measured";
  return meaning_diagnostic(file, place, why_not_positive(number, text), hint);
}

Diagnostic not_a_counter(double number, std::string_view text, std::string_view file,
                         std::string_view place) {
  return not_positive(std::fabs(number), text, file, place);
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end || count < 0) return std::nullopt;
  return count;
}

}  // namespace warpgauge
