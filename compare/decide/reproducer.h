// The command that measures one case alone.
#pragma once

#include <string>

#include "compare/decide/match.h"

namespace warpgauge {

// Quoted for a POSIX shell. Empty if the file does not name its executable.
[[nodiscard]] std::string reproducer(const MeasuredCase& one);

}  // namespace warpgauge
