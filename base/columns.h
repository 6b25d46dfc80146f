// Text in columns on a terminal: padding and line breaks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace warpgauge {

inline constexpr std::size_t kColumns = 100;   // that every text report fits in
inline constexpr std::size_t kMostLines = 60;  // of a text report without --all

[[nodiscard]] std::string padded_left(std::string_view text, std::size_t width);
[[nodiscard]] std::string padded_right(std::string_view text, std::size_t width);

[[nodiscard]] std::size_t line_count(std::string_view text);  // newlines

// Lines of at most kColumns, each behind `indent` spaces and with a newline. Breaks at spaces but not before
// "%", and within a word that is longer than a line.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace warpgauge
