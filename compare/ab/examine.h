// Checks the results of one finished process. It may have crashed, timed out, or left incomplete JSON, or no
// file at all but a FIFO. Or it ended with exit 0, but with error rows or missing rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/child.h"
#include "compare/input/reader.h"

namespace warpgauge {

struct FailedCase {
  std::string raw_name;
  std::string reason;
};

struct Examined {
  Process process;                 // usable if there is no fault, except for the failed cases
  std::vector<FailedCase> failed;  // requested, but wrong or without a row
  std::string fault;               // if not empty, no result of the process is usable
};

// The results are in the file DIRECTORY/FILE. Reports name it FILE. Rows that were not requested stay in it.
[[nodiscard]] Examined examine(const ChildResult& child, const std::string& directory,
                               const std::string& file, const std::vector<std::string>& requested,
                               const ReadOptions& options);

// The first of `requested` without a row in the text of a crashed process, which may be incomplete JSON;
// empty if all have rows. Without interleaving, rows are written case by case, so this case was running.
[[nodiscard]] std::string first_without_rows(std::string_view text,
                                             const std::vector<std::string>& requested);

}  // namespace warpgauge
