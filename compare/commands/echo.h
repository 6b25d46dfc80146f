// The command line as reports show it.
#pragma once

#include <string>

#include "base/flag_table.h"

namespace warpgauge {

// What was typed, to be typed again: a space in front of every word. Paths are those of shown_path().
[[nodiscard]] std::string echoed(const FlagTable& table);

}  // namespace warpgauge
