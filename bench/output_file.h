// A file that is written whole or not at all: into a temporary file beside it, synced, then renamed. An
// interrupt leaves what was there before. What is no regular file (/dev/stdout, a pipe, a link) is written
// directly.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge::bench {

class OutputFile {
 public:
  // Tries at once, so that a path that cannot be written is found before anything is measured.
  // Throws std::runtime_error with the path and the system's reason.
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Everything, once. Throws std::runtime_error when any of it could not be written.
  void write(std::string_view text);

 private:
  std::string path_, temporary_;  // temporary_ is empty where the path is written directly
  int descriptor_ = -1;
};

// Reads the file back and parses it as JSON. Throws std::runtime_error when it is not `text`, or not JSON.
// What cannot be read back, such as a pipe, is only parsed.
void require_written(const std::string& path, const std::string& text);

}  // namespace warpgauge::bench
