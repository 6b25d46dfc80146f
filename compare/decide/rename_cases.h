// --rename, for two sides of results: cases of base get the names that they have in head.
#pragma once

#include <optional>
#include <span>

#include "compare/input/rename.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// One rename after the other. OLD matches the name as reports show it, or the name without the executable;
// then NEW keeps the executable. On a problem `base` is left in part renamed.
[[nodiscard]] std::optional<RenameProblem> rename_cases(ResultSet& base, const ResultSet& head,
                                                        std::span<const Rename> renames);

}  // namespace warpgauge
