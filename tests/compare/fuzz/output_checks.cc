#include "tests/compare/fuzz/output_checks.h"

#include <array>
#include <cctype>
#include <cstdint>
#include <vector>

namespace warpgauge {
namespace {

// The code point at the start, and its bytes; 0 bytes if it is not UTF-8 (RFC 3629).
std::pair<std::uint32_t, std::size_t> decoded(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t bytes = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < bytes) return {0, 0};
  std::uint32_t value = byte(0) & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (byte(i) >> 6 != 2) return {0, 0};
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid = value >= kLeast[bytes] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return valid ? std::pair(value, bytes) : std::pair(0u, std::size_t{0});
}

bool hides(std::uint32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

bool blank(std::uint32_t c) {
  return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

std::string_view without_blanks(std::string_view line) {
  while (!line.empty()) {
    const auto [value, bytes] = decoded(line);
    if (bytes == 0 || !blank(value)) break;
    line.remove_prefix(bytes);
  }
  return line;
}

bool is_ours(std::string_view command) {
  for (const std::string_view kind : {"error", "warning", "notice"}) {
    const std::string begin = "::" + std::string(kind) + " title=";
    if (!command.starts_with(begin)) continue;
    const std::string_view title =
        command.substr(begin.size(), command.find("::", begin.size()) - begin.size());
    return title.find_first_not_of("abcdefghijklmnopqrstuvwxyz ") == std::string_view::npos;
  }
  return false;
}

template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    take(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// Without code spans (CommonMark 6.1: a run of backticks up to the next one of its length).
std::string without_code(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const std::size_t run = std::min(line.find_first_not_of('`'), line.size());
    if (run == 0) {
      out += line.front();
      line.remove_prefix(1);
      continue;
    }
    std::size_t end = run;
    for (;;) {
      end = line.find('`', end);
      if (end == std::string_view::npos) break;
      const std::size_t after = std::min(line.find_first_not_of('`', end), line.size());
      if (after - end == run) break;
      end = after;
    }
    if (end == std::string_view::npos) {
      out += line.substr(0, run);
      line.remove_prefix(run);
    } else {
      line.remove_prefix(end + run);
    }
  }
  return out;
}

std::size_t columns(std::string_view row) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < row.size(); ++i) count += row[i] == '|' && (i == 0 || row[i - 1] != '\\');
  return count;
}

std::string markup_in(std::string text) {
  for (const char* ours : {"<details>", "</details>", "<summary>", "</summary>",
                           "<!-- warpgauge: performance of this change -->"}) {
    for (std::size_t at = text.find(ours); at != std::string::npos; at = text.find(ours))
      text.erase(at, std::string_view(ours).size());
  }
  for (const char* markup : {"<", "`", "](", "![", "://", "www.", "[x]", "[ ]"})
    if (text.find(markup) != std::string::npos) return markup;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if ((text[i] == '@' && std::isalnum(static_cast<unsigned char>(text[i + 1]))) ||
        (text[i] == '#' && std::isdigit(static_cast<unsigned char>(text[i + 1])) &&
         (i == 0 || text[i - 1] != '&')))
      return text.substr(i, 2);
  return "";
}

}  // namespace

std::string log_fault(std::string_view text, Commands commands) {
  for (std::string_view rest = text; !rest.empty();) {
    const auto [value, bytes] = decoded(rest);
    if (bytes == 0) return "invalid UTF-8";
    if (hides(value)) return "U+" + std::to_string(value);
    rest.remove_prefix(bytes);
  }
  if (text.find("##[") != std::string_view::npos) return "##[";
  std::string fault;
  each_line(text, [&](std::string_view line) {
    const std::string_view command = without_blanks(line);
    if (command.starts_with("::") && (commands == Commands::none || line != command || !is_ours(command)))
      fault = "command " + std::string(line);
  });
  return fault;
}

std::string markdown_fault(std::string_view text) {
  std::string fault;
  std::size_t expected = 0;
  bool fenced = false;
  each_line(text, [&](std::string_view line) {
    if (!fault.empty()) return;
    if (line.starts_with("```") && line.find('`', 3) == std::string_view::npos) fenced = !fenced;
    if (fenced || line.starts_with("```")) return;
    if (line.starts_with('|')) {
      if (expected == 0) expected = columns(line);
      if (columns(line) != expected) fault = "columns: " + std::string(line);
    } else {
      expected = 0;
    }
    if (const std::string markup = markup_in(without_code(line)); !markup.empty())
      fault = "markup " + markup + ": " + std::string(line);
  });
  return fault;
}

}  // namespace warpgauge
