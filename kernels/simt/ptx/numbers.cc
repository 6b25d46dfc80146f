#include "kernels/simt/ptx/numbers.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>

namespace warpgauge::ptx {
namespace {

template <class Number, class... Format>
std::optional<Number> parse_all(std::string_view text, Format... format) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, format...);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// The digits after a prefix of two characters, "0x" or "0X".
bool has_prefix(std::string_view text, char letter) {
  return text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == letter;
}

}  // namespace

std::optional<std::uint64_t> parse_integer(std::string_view text) {
  if (text.ends_with('U')) text.remove_suffix(1);
  if (has_prefix(text, 'x')) return parse_all<std::uint64_t>(text.substr(2), 16);
  if (has_prefix(text, 'b')) return parse_all<std::uint64_t>(text.substr(2), 2);
  if (text.size() > 1 && text[0] == '0') return parse_all<std::uint64_t>(text.substr(1), 8);
  return parse_all<std::uint64_t>(text, 10);
}

std::optional<std::uint32_t> parse_f32_bits(std::string_view text) {
  if (!has_prefix(text, 'f') || text.size() != 10) return std::nullopt;
  return parse_all<std::uint32_t>(text.substr(2), 16);
}

std::optional<std::uint64_t> parse_f64_bits(std::string_view text) {
  if (has_prefix(text, 'd') && text.size() == 18) return parse_all<std::uint64_t>(text.substr(2), 16);
  if (text.find('.') == std::string_view::npos) return std::nullopt;
  const auto number = parse_all<double>(text, std::chars_format::general);
  return number ? std::optional(std::bit_cast<std::uint64_t>(*number)) : std::nullopt;
}

int read_int(Lexer& lexer) {
  const bool minus = lexer.peek().is('-');
  if (minus) lexer.next();
  const Token token = lexer.next();
  const auto number = parse_integer(token.text);
  if (token.kind != TokenKind::number || !number || *number > 0x7fffffff)
    lexer.fail(token.position, fmt::format("expected a number, found '{}'", token.text));
  return minus ? -static_cast<int>(*number) : static_cast<int>(*number);
}

}  // namespace warpgauge::ptx
