// What this binary was built from and with; written by build_info.cmake on each build.
#pragma once

namespace warpgauge::bench {

extern const char kVersion[];
extern const char kCommit[];  // hash, "-dirty" where the tree had changes; $WARPGAUGE_COMMIT, or "unknown", outside git
extern const char kCompiler[];
extern const char kCompilerFlags[];

}  // namespace warpgauge::bench
