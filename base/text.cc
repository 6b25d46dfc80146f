#include "base/text.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "base/diagnostic.h"

namespace warpgauge {
namespace {

class OpenFile {
 public:
  // O_NONBLOCK: opening a FIFO that has no writer would block.
  explicit OpenFile(const std::string& path, int flags = 0)
      : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }
  // Moves on to `name` in this folder, without following a link.
  void enter(const std::string& name, int flags) {
    const int inner = openat(fd_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | flags);
    const int error = errno;
    close(fd_);
    fd_ = inner;
    errno = error;
  }

 private:
  int fd_;
};

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  return "a device";
}

Diagnostic system_diagnostic(const std::string& path, const char* what) {
  return meaning_diagnostic(path, "", fmt::format("{}: {}", what, std::strerror(errno)),
                            "check the path and its permissions");
}

// The place of the first byte that is not UTF-8, or text.size().
std::size_t first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight_bytes;
    while (at + 8 <= text.size()) {
      std::memcpy(&eight_bytes, text.data() + at, 8);
      if (eight_bytes & 0x8080808080808080U) break;
      at += 8;
    }
    if (at == text.size()) break;
    const std::size_t bytes = utf8_character_bytes(text.substr(at));
    if (bytes == 0) return at;
    at += bytes;
  }
  return at;
}

bool looks_like_utf16(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return true;
  return bytes.size() >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0');
}

Diagnostic too_large(const std::string& path, std::size_t max_bytes) {
  return meaning_diagnostic(path, "", fmt::format("is larger than {} MiB", max_bytes >> 20),
                            "give the results of each process in its own file");
}

// A pipe, or a file that grows, has more than the expected bytes.
std::string read_to_end(int fd, const std::string& path, std::size_t expected, std::size_t max_bytes) {
  // In pieces that fit into the cache: each is cleared right before it is filled.
  constexpr std::size_t kPiece = std::size_t{256} << 10;
  std::string bytes;
  bytes.reserve(expected);
  std::size_t filled = 0;
  for (;;) {
    bytes.resize(filled < expected ? std::min(filled + kPiece, expected) : filled + kPiece);
    const ssize_t got = read(fd, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {  // the writer of a pipe has nothing yet
      pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
      poll(&wait, 1, -1);
      continue;
    }
    if (got < 0) throw system_diagnostic(path, "cannot be read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) throw too_large(path, max_bytes);
  }
  bytes.resize(filled);
  return bytes;
}

std::string read_regular(const OpenFile& file, const std::string& path, std::size_t max_bytes) {
  if (file.fd() < 0) throw system_diagnostic(path, "cannot be opened");
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) throw system_diagnostic(path, "cannot be read");
  if (!S_ISREG(status.st_mode)) {
    throw meaning_diagnostic(path, "", fmt::format("is {}, not a file", kind_of(status.st_mode)),
                             S_ISDIR(status.st_mode) ? "give the files in it" : "give a regular file");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > max_bytes) throw too_large(path, max_bytes);
  return read_to_end(file.fd(), path, size + 1, max_bytes);  // one more, for the read that finds the end
}

}  // namespace

std::string read_file(const std::string& path, std::size_t max_bytes) {
  return read_regular(OpenFile(path), path, max_bytes);
}

std::string read_file_inside(const std::string& folder, const std::string& path, std::size_t max_bytes) {
  const std::filesystem::path relative(path);
  const std::string shown = folder + "/" + path;
  if (relative.is_absolute() || std::ranges::find(relative, std::filesystem::path("..")) != relative.end() ||
      path.find('\0') != std::string::npos)
    throw meaning_diagnostic(printable(shown), "", "is outside the folder", "name a file in it");
  OpenFile file(folder, O_DIRECTORY);
  for (auto part = relative.begin(); part != relative.end() && file.fd() >= 0; ++part)
    file.enter(part->string(), std::next(part) == relative.end() ? 0 : O_DIRECTORY);
  if (file.fd() < 0 && errno == ELOOP)
    throw meaning_diagnostic(shown, "", "is a symbolic link, which is not followed", "give a regular file");
  return read_regular(file, shown, max_bytes);
}

std::string read_pipe(const std::string& path, std::size_t max_bytes) {
  constexpr std::size_t kFirstBytes = 1 << 16;
  const OpenFile file(path);
  if (file.fd() < 0) throw system_diagnostic(path, "cannot be opened");
  return read_to_end(file.fd(), path, kFirstBytes, max_bytes);
}

std::string_view checked_text(std::string_view bytes, std::string_view file) {
  if (looks_like_utf16(bytes)) {
    throw meaning_diagnostic(file, "", "is UTF-16", "save it as UTF-8 (PowerShell's > writes UTF-16)");
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw meaning_diagnostic(file, "", "is empty", "did the run that writes it finish?");
  }
  if (bytes.starts_with("version https://git-lfs.github.com/spec/")) {
    throw meaning_diagnostic(file, "", "is a Git-LFS pointer, not the file itself", "run `git lfs pull`");
  }
  if (const std::size_t bad = first_bad_byte(bytes); bad != bytes.size()) {
    const TextPosition position = position_of(bytes, bad);
    throw syntax_diagnostic(file, position.line, position.column,
                            fmt::format("byte {} is not UTF-8", printable(bytes.substr(bad, 1))),
                            "names and labels in the benchmark's source must be UTF-8");
  }
  return bytes;
}

std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

TextPosition position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0: the first line
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          offset - line_start + 1};
}

}  // namespace warpgauge
