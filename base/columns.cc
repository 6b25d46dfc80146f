#include "base/columns.h"

#include <algorithm>

#include "base/escape.h"

namespace warpgauge {
namespace {

std::string spaces(std::size_t width, std::string_view text) {
  return std::string(width - std::min(width, display_width(text)), ' ');
}

// A number and its % stay together.
std::size_t word_end(std::string_view text) {
  std::size_t end = text.find(' ');
  while (end != std::string_view::npos && text.substr(end).starts_with(" %")) end = text.find(' ', end + 1);
  return std::min(end, text.size());
}

// The bytes of `word` that fit into `columns`, without cutting a UTF-8 character.
std::size_t bytes_that_fit(std::string_view word, std::size_t columns) {
  std::size_t take = std::min(word.size(), columns);
  while (take < word.size() && (static_cast<unsigned char>(word[take]) & 0xC0) == 0x80) --take;
  return take;
}

}  // namespace

std::string padded_left(std::string_view text, std::size_t width) {
  return spaces(width, text).append(text);
}

std::string padded_right(std::string_view text, std::size_t width) {
  return std::string(text).append(spaces(width, text));
}

std::size_t line_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out, line;
  const auto end_line = [&] {
    out.append(indent, ' ').append(line).append("\n");
    line.clear();
  };
  while (!text.empty()) {
    std::string_view word = text.substr(0, word_end(text));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    while (!word.empty()) {
      if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > kColumns) end_line();
      const std::size_t take = bytes_that_fit(word, kColumns - indent);
      line.append(line.empty() ? "" : " ").append(word.substr(0, take));
      word.remove_prefix(take);
      if (!word.empty()) end_line();
    }
  }
  if (!line.empty()) end_line();
  return out;
}

}  // namespace warpgauge
