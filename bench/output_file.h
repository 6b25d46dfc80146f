// The JSON file of a run. A regular file is replaced whole or not at all (base/atomic_file.h). A device, a
// pipe or a symbolic link is written directly: /dev/stdout is one of them.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge::bench {

// Checks that `path` can be written, before anything is measured. Changes nothing. Throws OutputError.
void require_writable(const std::string& path);

// Writes all of the text, and reads it back if that is possible. Throws OutputError.
void write_output(const std::string& path, std::string_view text);

// Saves results that could not be written to the requested place in a new file of the temporary folder.
// Returns its path; empty if that fails too.
[[nodiscard]] std::string save_elsewhere(std::string_view text);

}  // namespace warpgauge::bench
