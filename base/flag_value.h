// Values of flags, read from text. Each function throws bad_value(), which says what the flag takes.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/usage_error.h"

namespace warpgauge {

// The number that is the whole text.
template <class Number>
[[nodiscard]] std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

template <class Integer>
[[nodiscard]] Integer whole_number(std::string_view text, Integer least, Integer most) {
  const std::optional<Integer> number = number_of<Integer>(text);
  if (!number || *number < least || *number > most)
    throw bad_value(text, "is not a valid number",
                    fmt::format("give a whole number from {} to {}", least, most));
  return *number;
}

// `unit` is a plural: "seconds".
[[nodiscard]] double decimal_number(std::string_view text, double least, double most, std::string_view unit);

// true, yes, on, 1 and their opposites, as Google Benchmark and GoogleTest read them.
[[nodiscard]] bool truth_value(std::string_view text);

// The position of `text` among `names`. `kind` is what one of them is: "a matrix".
[[nodiscard]] std::size_t one_of(std::string_view text, std::span<const std::string> names,
                                 std::string_view kind);

}  // namespace warpgauge
