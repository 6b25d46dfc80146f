#include "base/scratch_directory.h"

#include <fmt/format.h>

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/atomic_file.h"

namespace warpgauge {

ScratchDirectory::ScratchDirectory() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  path_ = ((error ? std::filesystem::path("/tmp") : parent) / "warpgauge-XXXXXX").string();
  if (!mkdtemp(path_.data()))
    throw OutputError(fmt::format("{}: cannot create a temporary folder: {}; set TMPDIR to a writable folder",
                                  path_, std::strerror(errno)));
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;  // a destructor cannot report it
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace warpgauge
