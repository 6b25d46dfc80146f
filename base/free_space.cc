#include "base/free_space.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/atomic_file.h"

namespace warpgauge {
namespace {

constexpr std::size_t kProbeBytes = std::size_t{64} << 10;

// The error of writing a small file; 0 if it could be written. Free blocks alone do not show a quota.
int error_of_probe(const std::string& folder) {
  const std::string path = folder + "/.space-probe";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  const std::vector<char> bytes(kProbeBytes, '.');
  int error = 0;
  for (std::size_t done = 0; done < bytes.size() && error == 0;) {
    const ssize_t written = ::write(file, bytes.data() + done, bytes.size() - done);
    if (written > 0) done += static_cast<std::size_t>(written);
    if (written < 0 && errno != EINTR) error = errno;
  }
  if (::close(file) != 0 && error == 0) error = errno;
  ::unlink(path.c_str());
  return error;
}

}  // namespace

void require_space(const std::string& folder, const std::string& what) {
  const int error = error_of_probe(folder);
  if (error != ENOSPC && error != EDQUOT) return;
  std::error_code ignored;
  const std::uintmax_t free = std::filesystem::space(folder, ignored).available;
  throw OutputError(
      fmt::format("{}: {} cannot be written: {}, {} KiB are free; free some, or set TMPDIR to a folder "
                  "with more space",
                  folder, what, std::strerror(error), ignored ? 0 : free >> 10));
}

}  // namespace warpgauge
