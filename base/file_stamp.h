// Whether a file is still the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace warpgauge {

// Of the file itself, not of a link to it. A file that is replaced or written has another one.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t bytes = 0, written_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

// Nothing if there is no such file.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::string& path);

}  // namespace warpgauge
