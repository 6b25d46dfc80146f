// Files as text: read whole, under a cap, and made sure to be UTF-8. What is often found in the place of a
// result file (a Git-LFS pointer, UTF-16, nothing at all) is named.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace warpgauge {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

// The bytes of a regular file. Throws Diagnostic when it cannot be read, is not a regular file (opening never
// waits for a FIFO's writer), or is larger than `max_bytes`.
std::string read_file(const std::string& path, std::size_t max_bytes = kMaxFileBytes);

// `bytes` without a byte order mark, when they are non-empty UTF-8. Throws Diagnostic otherwise.
std::string_view checked_text(std::string_view bytes, std::string_view file);

// Bytes of the UTF-8 character that `text` starts with (1 to 4), or 0 when it starts with none: bad
// continuation, overlong form, surrogate, above U+10FFFF (Unicode 15, table 3-7). `text` must not be empty.
std::size_t utf8_character_bytes(std::string_view text);

// Line and column, from 1, columns in bytes.
struct TextPosition {
  std::size_t line, column;
};
TextPosition position_of(std::string_view text, std::size_t offset);

}  // namespace warpgauge
