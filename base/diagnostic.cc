#include "base/diagnostic.h"

#include <fmt/format.h>

#include "base/text.h"

namespace warpgauge {
namespace {

std::string message(std::string_view place, std::string_view what, std::string_view hint) {
  return fmt::format("{}: {}{}{}", place, what, hint.empty() ? "" : "; ", hint);
}

}  // namespace

Diagnostic syntax_diagnostic(std::string_view file, std::size_t line, std::size_t column,
                             std::string_view what, std::string_view hint) {
  return Diagnostic(message(fmt::format("{}:{}:{}", file, line, column), what, hint));
}

Diagnostic meaning_diagnostic(std::string_view file, std::string_view place, std::string_view what,
                              std::string_view hint) {
  return Diagnostic(message(fmt::format("{}{}{}", file, place.empty() ? "" : ": ", place), what, hint));
}

std::string printable(std::string_view text) {
  constexpr std::size_t kMaxBytes = 120;
  constexpr char kHex[] = "0123456789abcdef";
  std::string shown;
  while (!text.empty()) {
    if (shown.size() >= kMaxBytes) return shown + "...";
    const std::size_t bytes = utf8_character_bytes(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (bytes == 0 || first < 0x20 || first == 0x7f) {
      shown.append("\\x").append(1, kHex[first >> 4]).append(1, kHex[first & 15]);
      text.remove_prefix(1);
    } else {
      shown.append(text.substr(0, bytes));
      text.remove_prefix(bytes);
    }
  }
  return shown;
}

}  // namespace warpgauge
