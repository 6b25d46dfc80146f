// Files that are never half written. A file is replaced in one step: whoever looks at it, at any moment, kill
// -9, power cut and full disk included, finds the old text or the new one.
//
// Method: under a lock on the directory, a temporary file beside the target (O_EXCL, so that nobody's link is
// followed), checked writes, fsync, rename, fsync of the directory. The temporary file's name is fixed by the
// target's, so that what a killed writer leaves behind is taken away by the next one.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace warpgauge {

// An output could not be written: the text names the place, the cause and what to do. Exit code 5.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The whole text of a file, nothing where there is no such file. Throws OutputError where it is there but
// cannot be read, or is no regular file.
std::optional<std::string> read_if_there(const std::filesystem::path& path);

// Replaces or creates `path`. Refuses a symbolic link. Throws OutputError; the old file then still stands.
void write_file(const std::filesystem::path& path, std::string_view text);

// The same, creating the directories above; refuses when the file is no longer what `read_before` says
// (nothing: it was not there), so that of two that update at the same time neither is lost silently.
void update_file(const std::filesystem::path& path, const std::optional<std::string>& read_before,
                 std::string_view text);

// Adds to the end of a file, without replacing it.
void append_file(const std::filesystem::path& path, std::string_view text);

// Writes all of the text to an open descriptor, as for stdout. `name` is for the message.
void write_all(int descriptor, std::string_view text, std::string_view name);

}  // namespace warpgauge
