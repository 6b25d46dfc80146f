// Paths as reports show them. An error about what the user typed shows the path as typed instead.
#pragma once

#include <filesystem>
#include <string>

#include "compare/input/result_set.h"

namespace warpgauge {

inline constexpr int kExecutableParts = 2;  // base/bench
inline constexpr int kBaselineParts = 3;    // baselines/FINGERPRINT/MATRIX.json, without what is above

// A relative path stays. An absolute one becomes relative if it lies below the current directory, so that it
// can be pasted; otherwise only its last `parts` are kept, because a machine's directories mean nothing
// elsewhere.
[[nodiscard]] std::string shown_path(const std::filesystem::path& path, int parts = 1);

// Gives the files and the executables of a side, and its warnings, the names that reports show.
void show_paths_of(ResultSet& results);

// A benchmark binary: where it is, and its name in reports. Both empty if the results do not name it.
struct Executable {
  std::string path, shown;
};
// Of results whose paths are not shortened yet.
[[nodiscard]] Executable executable_of(const ResultSet& results);

}  // namespace warpgauge
