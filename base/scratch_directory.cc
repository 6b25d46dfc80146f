#include "base/scratch_directory.h"

#include <fmt/format.h>

#include <ftw.h>
#include <stdlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/atomic_file.h"

namespace warpgauge {
namespace {

int remove_entry(const char* path, const struct stat*, int, FTW*) {
  std::remove(path);
  return 0;  // goes on
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  path_ = ((error ? std::filesystem::path("/tmp") : parent) / "warpgauge-XXXXXX").string();
  if (!mkdtemp(path_.data()))
    throw OutputError(fmt::format("{}: cannot create a temporary folder: {}; set TMPDIR to a writable folder",
                                  path_, std::strerror(errno)));
}

ScratchDirectory::~ScratchDirectory() {
  remove_tree(path_);
}

void remove_tree(const std::string& path) {
  constexpr int kOpenFolders = 16;
  nftw(path.c_str(), remove_entry, kOpenFolders, FTW_DEPTH | FTW_PHYS);
}

}  // namespace warpgauge
