// Files that are replaced in one step. A reader finds the old text or the new one at any moment, even after
// kill -9, a power cut or a full disk.
//
// Method: under a lock on the directory, a temporary file without a name (O_TMPFILE), checked writes, fsync,
// the bytes read back, a name beside the target, rename, fsync of the directory. On a file system without
// such files it has its name from the start (O_EXCL, so that no link is followed). That name, .TARGET.tmp,
// follows from the target's, so that the next writer removes what a killed one left behind.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace warpgauge {

// An output could not be written. The text names the file, the cause and what to do. Exit code 5.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The text of a file; nothing if it does not exist. Throws OutputError if it exists but cannot be read, or is
// not a regular file.
[[nodiscard]] std::optional<std::string> read_if_there(const std::filesystem::path& path);

// Replaces or creates `path`. Refuses a symbolic link. If it throws OutputError, the old file is unchanged.
void write_file(const std::filesystem::path& path, std::string_view text);

// The same, and creates the directories above. Throws if the text of the file is no longer `read_before`
// (nothing: it did not exist), so that no update of two at the same time is lost.
void update_file(const std::filesystem::path& path, const std::optional<std::string>& read_before,
                 std::string_view text);

// Removes `path`, whatever it is but a folder, and creates a file there. Faster than write_file(), and not in
// one step.
void write_new_file(const std::filesystem::path& path, std::string_view text);

// Appends to a file, without replacing it.
void append_file(const std::filesystem::path& path, std::string_view text);

// Writes the text to an open descriptor, such as stdout. `name` is for messages.
void write_all(int descriptor, std::string_view text, std::string_view name);

}  // namespace warpgauge
