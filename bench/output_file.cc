#include "bench/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/atomic_file.h"

namespace warpgauge::bench {
namespace {

[[noreturn]] void fail(const std::string& path, std::string_view hint) {
  throw OutputError(fmt::format("{}: cannot be written: {}; {}", path, std::strerror(errno), hint));
}

// Renaming a file onto one of these would replace it: /dev/stdout, for example.
bool is_special(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool is_valid() const { return value_ >= 0; }

 private:
  int value_;
};

void write_directly(const std::string& path, std::string_view text) {
  const Descriptor file(path, O_WRONLY | O_CREAT);
  if (!file.is_valid()) fail(path, "check the path and its permissions");
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) && ::ftruncate(file.get(), 0) != 0)
    fail(path, "check its permissions");
  write_all(file.get(), text, path);
}

}  // namespace

void require_writable(const std::string& path) {
  constexpr std::string_view kHint = "name a file in a folder that exists and that you may write to";
  if (std::filesystem::is_directory(path))
    throw OutputError(fmt::format("{}: is a folder; name a file in it", path));
  if (is_special(path)) {  // not opened: the reader of a FIFO would see its end
    if (::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK) != 0) fail(path, kHint);
    return;
  }
  const std::string probe = fmt::format("{}.{}.tmp", path, ::getpid());
  if (!Descriptor(probe, O_WRONLY | O_CREAT | O_EXCL).is_valid()) fail(path, kHint);
  ::unlink(probe.c_str());
}

void write_output(const std::string& path, std::string_view text) {
  if (is_special(path)) return write_directly(path, text);
  write_file(path, text);
  if (read_if_there(path) != text)
    throw OutputError(fmt::format("{}: does not hold what was written to it; check the disk", path));
}

std::string save_elsewhere(std::string_view text) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  std::string path =
      ((error ? std::filesystem::path("/tmp") : folder) / "warpgauge-results-XXXXXX.json").string();
  constexpr int kSuffixLength = 5;  // ".json"
  const int descriptor = ::mkstemps(path.data(), kSuffixLength);
  if (descriptor < 0) return {};
  bool is_written = true;
  try {
    write_all(descriptor, text, path);
  } catch (const OutputError&) {
    is_written = false;
  }
  is_written = ::close(descriptor) == 0 && is_written;
  if (is_written) return path;
  ::unlink(path.c_str());
  return {};
}

}  // namespace warpgauge::bench
