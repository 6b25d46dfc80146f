// What this binary was built from and with. build_info.cmake writes the values on each build.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace warpgauge {

extern const char kVersion[];
// The commit's hash, with "-dirty" if the tree had changes. Outside git: $WARPGAUGE_COMMIT, or "unknown".
extern const char kCommit[];
extern const char kCompiler[];
extern const char kCompilerFlags[];

// What --version prints: "warpgauge-bench 0.1.0 (3f2a9c...)".
[[nodiscard]] inline std::string version_text(std::string_view program) {
  return fmt::format("{} {} ({})\n", program, kVersion, kCommit);
}

}  // namespace warpgauge
