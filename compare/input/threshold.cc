#include "compare/input/threshold.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/usage_error.h"

namespace warpgauge {
namespace {

// A larger number without a percent sign is more likely meant as percent.
constexpr double kLargestBareNumber = 0.5;
constexpr double kLargestPercent = 1e6;

}  // namespace

double parse_threshold(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  std::string_view digits = text.substr(0, text.size() - (is_percent ? 1 : 0));
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  double number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size() || !std::isfinite(number))
    throw bad_value(text, "is not a share", "write 3% or 0.03");
  if (number < 0) throw bad_value(text, "is negative", "give the size of a change, for either direction");
  if (!is_percent && number >= kLargestBareNumber)
    throw bad_value(text, "is ambiguous", fmt::format("for percent write '{}%'", digits));
  if (number > kLargestPercent)
    throw bad_value(text, "is too large", fmt::format("give at most {:.0f}%", kLargestPercent));
  return is_percent ? number / 100 : number;
}

double parse_level(std::string_view text) {
  const double level = parse_threshold(text);
  if (level < kSmallestLevel)
    throw bad_value(text, "is too strict: no case could be a regression", "try 0.01");
  if (level >= kLargestLevel)
    throw bad_value(text, "is too large for a test level", "try 0.01, one run in a hundred");
  return level;
}

}  // namespace warpgauge
