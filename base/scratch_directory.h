// A temporary folder that is removed with the object.
#pragma once

#include <string>

namespace warpgauge {

// Removes what is at `path`, with all below a folder, and follows no link. Not std::filesystem::remove_all,
// which ends the program if memory runs out. What cannot be removed stays.
void remove_tree(const std::string& path);

class ScratchDirectory {
 public:
  ScratchDirectory();  // throws OutputError
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace warpgauge
