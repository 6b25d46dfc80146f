#include "bench/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace warpgauge::bench {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error(path + ": cannot be written: " + std::strerror(errno));
}

// A device, a pipe, or a link: a rename would put a file in its place, /dev/stdout included.
bool is_special(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

int open_for_writing(const std::string& target, const std::string& path) {
  const int descriptor = ::open(target.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(path);
  return descriptor;
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path) {
  if (is_special(path)) {
    descriptor_ = open_for_writing(path_, path_);
    return;
  }
  temporary_ = path + "." + std::to_string(::getpid()) + ".tmp";
  ::close(open_for_writing(temporary_, path_));  // it can be written; an interrupt until then leaves nothing
  ::unlink(temporary_.c_str());
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (descriptor_ < 0) descriptor_ = open_for_writing(temporary_, path_);
  struct stat status {};
  if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) && ::ftruncate(descriptor_, 0) != 0)
    fail(path_);
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail(path_);
  const int descriptor = descriptor_;
  descriptor_ = -1;
  const bool closed = ::close(descriptor) == 0;
  if (closed && (temporary_.empty() || std::rename(temporary_.c_str(), path_.c_str()) == 0)) return;
  const int reason = errno;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  errno = reason;
  fail(path_);
}

void require_written(const std::string& path, const std::string& text) {
  if (!is_special(path)) {
    std::ifstream file(path, std::ios::binary);
    const std::string found{std::istreambuf_iterator<char>(file), {}};
    if (found != text) throw std::runtime_error(path + ": does not hold what was written to it");
  }
  if (!nlohmann::json::accept(text)) throw std::runtime_error(path + ": what was written is not JSON");
}

}  // namespace warpgauge::bench
