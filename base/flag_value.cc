#include "base/flag_value.h"

#include <algorithm>
#include <array>

#include "base/number_format.h"
#include "base/similar.h"

namespace warpgauge {
double decimal_number(std::string_view text, double least, double most, std::string_view unit) {
  const std::optional<double> number = number_of<double>(text);
  if (!number || !(*number >= least && *number <= most))
    throw bad_value(text, "is not a valid number", fmt::format("give {} from {} to {}", unit, least, most));
  return *number;
}

bool truth_value(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue{"true", "yes", "on", "t", "y", "1"};
  constexpr std::array<std::string_view, 6> kFalse{"false", "no", "off", "f", "n", "0"};
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return false;
  throw bad_value(text, "is neither true nor false", "give one of the two, or no value, which means true");
}

std::size_t one_of(std::string_view text, std::span<const std::string> names, std::string_view kind) {
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string suggestion = did_you_mean(text, names);
  throw bad_value(
      text, fmt::format("is not {}", kind),
      fmt::format("{}{}give {}", suggestion, suggestion.empty() ? "" : " ", format_list(names, "or")));
}

}  // namespace warpgauge
