#include "compare/input/repeated_cases.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "base/diagnostic.h"

namespace warpgauge {

Case& RepeatedCases::called(const std::string& name) {
  const auto [place, is_new] = places_.try_emplace(name, process_.cases.size());
  if (is_new) {
    Case& added = process_.cases.emplace_back();
    added.name = added.raw_name = name;
  }
  return process_.cases[place->second];
}

void RepeatedCases::warn() {
  for (const Case& one : process_.cases) {
    if (!one.aggregate_only || one.repetitions.size() < 2) continue;
    process_.warnings.push_back(fmt::format("{}: {} results are called {}; they are taken as its repetitions",
                                            process_.file, one.repetitions.size(), printable(one.name)));
  }
}

std::optional<double> decimal_number_of(std::string_view text) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || stop != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace warpgauge
