#include "base/file_stamp.h"

#include <sys/stat.h>

namespace warpgauge {

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{
      .device = status.st_dev,
      .inode = status.st_ino,
      .bytes = status.st_size,
      .written_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace warpgauge
