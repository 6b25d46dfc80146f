#include "base/escape.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/text.h"

namespace warpgauge {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not valid UTF-8
};

CodePoint decode(std::string_view text) {
  const std::size_t bytes = utf8_character_bytes(text);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (bytes <= 1) return {byte(0), bytes};
  std::uint32_t value = byte(0) & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) value = value << 6 | (byte(i) & 0x3Fu);
  return {value, bytes};
}

// Control characters, and characters that change how others look: bidirectional marks, zero widths, line
// ends, tags, byte order marks, noncharacters.
bool is_deceptive(std::uint32_t c) {
  const auto within = [c](std::uint32_t first, std::uint32_t last) { return c >= first && c <= last; };
  return c < 0x20 || within(0x7F, 0x9F) || c == 0xAD || c == 0x61C || within(0x200B, 0x200F) ||
         within(0x2028, 0x202E) || within(0x2060, 0x206F) || c == 0xFEFF || within(0xFFF0, 0xFFFB) ||
         (c & 0xFFFE) == 0xFFFE || within(0xE0000, 0xE0FFF);
}

// White space of Unicode 15, which GitHub's runner trims before it looks for a command.
bool is_blank(std::uint32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// The bytes of the sequence ESC [ 1;31 m at the start of `text`; 0 if there is none.
std::size_t sgr_bytes(std::string_view text) {
  if (!text.starts_with("\033[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

// Without the blanks and sequences of colours at its start.
std::string_view trimmed(std::string_view line) {
  while (!line.empty()) {
    const CodePoint c = decode(line);
    const std::size_t skipped = c.bytes > 0 && is_blank(c.value) ? c.bytes : sgr_bytes(line);
    if (skipped == 0) break;
    line.remove_prefix(skipped);
  }
  return line;
}

std::string formatted(const char* format, unsigned value) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

// Appends the first character of `text`, escaped if need be. Returns the bytes that it takes.
std::size_t append_visible(std::string_view text, std::string& out) {
  const CodePoint c = decode(text);
  if (c.bytes == 0) {
    out += formatted("\\x%02x", static_cast<unsigned char>(text[0]));
  } else if (is_deceptive(c.value)) {
    out += c.value < 0x100 ? formatted("\\x%02x", c.value) : formatted("\\u{%x}", c.value);
  } else if (c.value == '[' && out.ends_with("##")) {
    out += "\\x5b";
  } else {
    out += text.substr(0, c.bytes);
  }
  return c.bytes == 0 ? 1 : c.bytes;
}

template <class Replacement>
std::string replaced(std::string_view text, Replacement replacement) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::string_view with = replacement(c);
    if (with.empty()) {
      out += c;
    } else {
      out += with;
    }
  }
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) text.remove_prefix(append_visible(text, out));
  return out;
}

std::string safe_lines(std::string_view text, Sgr sgr) {
  std::string out;
  out.reserve(text.size());
  const char* command = nullptr;
  for (bool begins = true; !text.empty();) {
    if (begins) {
      const std::string_view line = trimmed(text.substr(0, text.find('\n')));
      command = line.starts_with("::") ? line.data() : nullptr;
    }
    begins = text.front() == '\n';
    const bool stays = begins || text.front() == '\t';
    const std::size_t kept = stays ? 1 : sgr == Sgr::kept ? sgr_bytes(text) : 0;
    if (text.data() == command) {
      out += ":\\x3a";
      text.remove_prefix(2);
    } else if (kept > 0) {
      out += text.substr(0, kept);
      text.remove_prefix(kept);
    } else {
      text.remove_prefix(append_visible(text, out));
    }
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string code = visible(text);
  if (code.find_first_not_of(' ') == std::string::npos) return "(no name)";
  std::size_t run = 0, longest = 0;  // of backticks; the fence is longer by one
  for (const char c : code) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const bool pad = longest > 0 || code.front() == ' ' || code.back() == ' ';
  const std::string space = pad ? " " : "";
  return fence + space + code + space + fence;
}

std::string markdown_cell(std::string_view markdown) {
  return replaced(markdown, [](char c) -> std::string_view { return c == '|' ? "\\|" : ""; });
}

std::string markdown_text(std::string_view text) {
  // A word joiner after @ and # prevents mentions and issue links. Character references cannot be markup
  // (CommonMark 2.5).
  std::string out = replaced(visible(text), [](char c) -> std::string_view {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '@':
        return "@&#8288;";
      case '#':
        return "&#35;&#8288;";
      case '\\':
        return "&#92;";
      case '`':
        return "&#96;";
      case '*':
        return "&#42;";
      case '_':
        return "&#95;";
      case '~':
        return "&#126;";
      case '[':
        return "&#91;";
      case ']':
        return "&#93;";
      case '|':
        return "&#124;";
      case ':':
        return "&#58;";
      default:
        return {};
    }
  });
  // A colon within a word can make a link or a picture, one at its end cannot. www. makes a link without one.
  replace_all(out, "&#58; ", ": ");
  replace_all(out, "www.", "&#119;ww.");
  return out;
}

std::string xml_text(std::string_view text) {
  return replaced(visible(text), [](char c) -> std::string_view {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '"':
        return "&quot;";
      case '\'':
        return "&apos;";
      default:
        return {};
    }
  });
}

std::string github_data(std::string_view text) {
  return replaced(visible(text), [](char c) -> std::string_view { return c == '%' ? "%25" : ""; });
}

std::string github_property(std::string_view text) {
  return replaced(visible(text), [](char c) -> std::string_view {
    switch (c) {
      case '%':
        return "%25";
      case ':':
        return "%3A";
      case ',':
        return "%2C";
      default:
        return {};
    }
  });
}

std::string json_document(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const CodePoint c = decode(json);
    if (c.value == '[' && out.ends_with("##")) {
      out += "\\u005b";
    } else if (c.bytes > 0 && c.value >= 0x7F && is_deceptive(c.value)) {
      const std::uint32_t high = c.value - 0x10000;  // a pair of surrogates above U+FFFF (RFC 8259, 7)
      out += c.value < 0x10000 ? formatted("\\u%04x", c.value)
                               : formatted("\\u%04x", 0xD800 + (high >> 10)) +
                                     formatted("\\u%04x", 0xDC00 + (high & 0x3FF));
    } else {
      out += json.substr(0, std::max<std::size_t>(c.bytes, 1));
    }
    json.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
  return out;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  return "'" + replaced(text, [](char c) -> std::string_view { return c == '\'' ? "'\\''" : ""; }) + "'";
}

std::string regex_literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t characters) {
  if (display_width(text) <= characters) return std::string(text);
  const std::size_t head = (characters - 1) / 2, tail = characters - 1 - head;
  const auto skip = [&](std::size_t count) {  // bytes of the first `count` code points
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && count-- == 0) break;
    }
    return at;
  };
  return std::string(text.substr(0, skip(head))) + "…" +
         std::string(text.substr(skip(display_width(text) - tail)));
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

}  // namespace warpgauge
