#include "compare/input/threshold.h"

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>

namespace warpgauge {
namespace {

// From here on a bare number is more likely meant as percent.
constexpr double kLargestBareNumber = 0.5;

}  // namespace

double parse_threshold(std::string_view text) {
  const auto refuse = [&](const std::string& what) {
    return std::invalid_argument("'" + std::string(text) + "' " + what);
  };
  const bool is_percent = text.ends_with('%');
  std::string_view digits = text.substr(0, text.size() - (is_percent ? 1 : 0));
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  double number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size() || !std::isfinite(number)) {
    throw refuse("is not a share; write 3% or 0.03");
  }
  if (number < 0) throw refuse("is negative; thresholds are the size of a change, in either direction");
  if (!is_percent && number >= kLargestBareNumber) {
    throw refuse("is ambiguous; write '" + std::string(digits) + "%' if percent is meant");
  }
  return is_percent ? number / 100 : number;
}

double parse_level(std::string_view text) {
  const double level = parse_threshold(text);
  const std::string shown = "'" + std::string(text) + "' ";
  if (level < kSmallestLevel)
    throw std::invalid_argument(shown + "is too strict: no case could be a regression; try 0.01");
  if (level >= kLargestLevel)
    throw std::invalid_argument(shown + "is too large for a test level; try 0.01, one run in a hundred");
  return level;
}

}  // namespace warpgauge
