// --rename: cases of base, or of a stored baseline, that have another name in head.
#pragma once

#include <string>
#include <vector>

#include "base/flag_table.h"
#include "compare/input/rename.h"

namespace warpgauge {

void add_rename_flag(FlagTable& table, std::vector<std::string>& renames);

[[nodiscard]] std::vector<Rename> renames_of(const std::vector<std::string>& texts);

}  // namespace warpgauge
