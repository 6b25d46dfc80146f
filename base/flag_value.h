// Values of flags, read from text. Each function throws std::invalid_argument that says what the flag takes;
// parse_flags puts the flag and the value in front.
#pragma once

#include <charconv>
#include <regex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace warpgauge {

template <class Integer>
[[nodiscard]] Integer whole_number(std::string_view text, Integer least, Integer most) {
  Integer value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < least || value > most)
    throw std::invalid_argument(fmt::format("takes a whole number from {} to {}", least, most));
  return value;
}

// `unit` is a plural: "seconds".
[[nodiscard]] double decimal_number(std::string_view text, double least, double most, std::string_view unit);

// true, yes, on, 1 and their opposites, as Google Benchmark and GoogleTest read them.
[[nodiscard]] bool truth_value(std::string_view text);

// The position of `text` among `names`. `kind` names one of them in the message: "matrix".
[[nodiscard]] std::size_t one_of(std::string_view text, std::span<const std::string> names,
                                 std::string_view kind);

// Compiles a regular expression. `syntax` is std::regex::extended or std::regex::ECMAScript.
[[nodiscard]] std::regex regular_expression(std::string_view text, std::regex::flag_type syntax);

}  // namespace warpgauge
