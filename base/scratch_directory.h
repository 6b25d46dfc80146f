// A temporary folder that is removed with the object.
#pragma once

#include <string>

namespace warpgauge {

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
