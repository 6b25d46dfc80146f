// Files as text: read as a whole, up to a limit, and checked to be UTF-8. Common mistakes (a Git-LFS pointer,
// UTF-16, an empty file) have their own messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace warpgauge {

inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

// The bytes of a regular file. Throws Diagnostic if it cannot be read, is not a regular file (opening does
// not wait for the writer of a FIFO), or is larger than `max_bytes`.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t max_bytes = kMaxFileBytes);

// The same for a file in `folder` that somebody else wrote there or named. Follows no symbolic link below the
// folder, and refuses a path that leaves it. Messages name the file FOLDER/PATH.
[[nodiscard]] std::string read_file_inside(const std::string& folder, const std::string& path,
                                           std::size_t max_bytes = kMaxFileBytes);

// The bytes of a FIFO, a pipe or a terminal that a user named, /dev/stdin for example, up to its end. Throws
// Diagnostic if there are more than `max_bytes`, or if it cannot be read. A FIFO that no program writes to is
// empty.
[[nodiscard]] std::string read_pipe(const std::string& path, std::size_t max_bytes = kMaxFileBytes);

// `bytes` without a byte order mark. Throws Diagnostic unless they are non-empty UTF-8.
[[nodiscard]] std::string_view checked_text(std::string_view bytes, std::string_view file);

// The number of bytes of the UTF-8 character at the start of `text` (1 to 4). 0 if there is none: bad
// continuation, overlong form, surrogate, above U+10FFFF (Unicode 15, table 3-7). `text` must not be empty.
[[nodiscard]] std::size_t utf8_character_bytes(std::string_view text);

// Line and column, from 1, columns in bytes.
struct TextPosition {
  std::size_t line, column;
};
[[nodiscard]] TextPosition position_of(std::string_view text, std::size_t offset);

}  // namespace warpgauge
