#include "base/scratch_directory.h"

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
    throw OutputError("no temporary folder at " + path_ + ": " + std::strerror(errno) +
                      "; set TMPDIR to one");
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;  // nothing can be done about it here
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace warpgauge
