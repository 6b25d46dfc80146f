// Cases that failed without failing the run: in base, on both sides, or in head with --allow-failed.
#pragma once

#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// Marks the cases of the last accepted round that failed there and fail in head, too. A case that head
// measures is compared with earlier rounds instead; if there are none, it was fixed.
void add_failures(StoredSide& stored, const ResultSet& head);

// One note per kind.
[[nodiscard]] std::vector<Note> failed_cases(const std::vector<Cell>& cells);

}  // namespace warpgauge
