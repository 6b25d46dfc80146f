// The results of one position of a block. Many cases take several processes, its parts (case_pattern.h).
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "compare/input/result_set.h"

namespace warpgauge {

inline constexpr std::size_t kMostResultBytes = std::size_t{512} << 20;  // of one process

// The text of a result file. A process wrote it, so it may be anything: throws Diagnostic unless it is a
// regular file in the folder, of at most kMostResultBytes. Follows no link.
[[nodiscard]] std::string read_result(const std::string& directory, const std::string& file);

// The parts as one process. A case counts from the first part that has it. Cases that are not `requested` (by
// raw name) are removed, with a warning: a binary may ignore the filter.
[[nodiscard]] Process merged_parts(std::vector<Process> parts, const std::set<std::string>& requested);

}  // namespace warpgauge
