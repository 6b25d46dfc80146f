#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error, std::string_view hint) {
  throw OutputError(fmt::format("{}: {}: {}; {}", path.string(), what, std::strerror(error), hint));
}

constexpr std::string_view kUnchanged = "the old file, if any, is unchanged";

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  bool valid() const { return value_ >= 0; }
  // Some file systems report a failed write only here.
  int close() { return ::close(std::exchange(value_, -1)); }

 private:
  int value_;
};

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Held until destroyed. The lock is on the directory itself, so no lock file is left behind.
class DirectoryLock {
 public:
  explicit DirectoryLock(const fs::path& directory)
      : descriptor_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!descriptor_.valid()) fail(directory, "cannot open the directory", errno, "check that it exists");
    int result;
    while ((result = ::flock(descriptor_.get(), LOCK_EX)) != 0 && errno == EINTR) {
    }
    if (result != 0)
      fail(directory, "cannot lock the directory", errno, "use a file system that supports flock");
  }
  int descriptor() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
};

// A temporary file that is removed unless it was renamed. If the file system can, it has no name until it is
// whole, so that a killed writer leaves nothing.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& target, mode_t mode)
      : path_(directory_of(target) / ("." + target.filename().string() + ".tmp")) {
    constexpr int kNameless = O_RDWR | O_TMPFILE | O_CLOEXEC;
    constexpr int kNamed = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    if (::access("/proc/self/fd", X_OK) == 0)
      descriptor_ = ::open(directory_of(target).c_str(), kNameless, mode);
    named_ = descriptor_ < 0;
    if (named_) descriptor_ = ::open(path_.c_str(), kNamed, mode);
    if (descriptor_ < 0 && errno == EEXIST) {  // we hold the lock, so its writer no longer runs
      ::unlink(path_.c_str());
      descriptor_ = ::open(path_.c_str(), kNamed, mode);
    }
    if (descriptor_ < 0) {
      named_ = false;
      fail(target, "cannot create a file beside it", errno, kUnchanged);
    }
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (named_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(const fs::path& target, std::string_view text) {
    write_all(descriptor_, text, target.string());
    if (::fsync(descriptor_) != 0) fail(target, "cannot be flushed", errno, kUnchanged);
    if (!holds(text)) throw OutputError(target.string() + ": reads back differently; check the disk");
    if (!named_) give_name(target);
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(target, "cannot be closed", errno, kUnchanged);
  }
  void rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(target, "cannot be replaced", errno, kUnchanged);
    named_ = false;
  }

 private:
  bool holds(std::string_view text) const {
    char buffer[1 << 16];
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t got = ::pread(descriptor_, buffer, sizeof buffer, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      const std::size_t bytes = got > 0 ? static_cast<std::size_t>(got) : 0;
      if (bytes == 0 || text.substr(at, bytes) != std::string_view(buffer, bytes)) return false;
      at += bytes;
    }
    return ::lseek(descriptor_, 0, SEEK_END) == static_cast<off_t>(text.size());
  }
  void give_name(const fs::path& target) {
    const std::string self = fmt::format("/proc/self/fd/{}", descriptor_);
    const auto link = [&] {
      return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW);
    };
    int result = link();
    if (result != 0 && errno == EEXIST) {  // as above: left by a writer that no longer runs
      ::unlink(path_.c_str());
      result = link();
    }
    if (result != 0) fail(target, "cannot create a file beside it", errno, kUnchanged);
    named_ = true;
  }

  fs::path path_;
  int descriptor_ = -1;
  bool named_ = false;  // path_ is ours
};

// The mode of the new file: the old one's. Throws if the path cannot be replaced by renaming.
mode_t mode_for(const fs::path& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return 0666;
    fail(path, "cannot be examined", errno, "check the path");
  }
  if (S_ISLNK(status.st_mode)) {
    throw OutputError(path.string() +
                      ": is a symbolic link, which is not followed; give the file it points to");
  }
  if (!S_ISREG(status.st_mode))
    throw OutputError(path.string() + ": is not a regular file; give another path");
  return status.st_mode & 0777;
}

void replace_locked(const fs::path& path, std::string_view text, const DirectoryLock& lock) {
  TemporaryFile temporary(path, mode_for(path));
  temporary.write(path, text);
  temporary.rename_to(path);
  if (::fsync(lock.descriptor()) != 0)
    fail(path, "the directory cannot be flushed", errno, "a power cut may lose the new file");
}

// A pipe, a terminal, /dev/null: nothing can be replaced, so the text is written to it.
bool is_stream(const fs::path& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode));
}

}  // namespace

void write_all(int descriptor, std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      fail(std::string(name), "cannot be written", errno, "is the disk full, or has the reader ended?");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::optional<std::string> read_if_there(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    if (errno == ELOOP) mode_for(path);  // throws the message about a symbolic link
    fail(path, "cannot be opened", errno, "check its permissions");
  }
  struct stat status;
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw OutputError(path.string() + ": is not a regular file; give another path");
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "cannot be read", errno, "check the disk");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

void write_file(const fs::path& path, std::string_view text) {
  if (is_stream(path)) {
    const Descriptor stream(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!stream.valid()) fail(path, "cannot be opened", errno, "check its permissions");
    write_all(stream.get(), text, path.string());
    return;
  }
  const DirectoryLock lock(directory_of(path));
  replace_locked(path, text, lock);
}

void update_file(const fs::path& path, const std::optional<std::string>& read_before, std::string_view text) {
  std::error_code error;
  fs::create_directories(directory_of(path), error);
  if (error) fail(path, "cannot create the directory above it", error.value(), "check its permissions");
  const DirectoryLock lock(directory_of(path));
  if (read_if_there(path) != read_before) {
    throw OutputError(path.string() + ": was changed since it was read; run the command again");
  }
  replace_locked(path, text, lock);
}

void write_new_file(const fs::path& path, std::string_view text) {
  ::unlink(path.c_str());
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.valid()) fail(path, "cannot be created", errno, "check the path");
  write_all(file.get(), text, path.string());
  if (file.close() != 0) fail(path, "cannot be closed", errno, "is the disk full?");
}

void append_file(const fs::path& path, std::string_view text) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!file.valid()) fail(path, "cannot be opened", errno, "check the path");
  write_all(file.get(), text, path.string());
  if (file.close() != 0) fail(path, "cannot be closed", errno, "is the disk full?");
}

}  // namespace warpgauge
