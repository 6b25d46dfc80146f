// Checks the results of one finished process. It may have crashed, timed out, or left incomplete JSON. Or it
// ended with exit 0, but with error rows, missing rows, or rows that were not requested.
#pragma once

#include <string>
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

// `shown`: the name of the file in reports.
[[nodiscard]] Examined examine(const ChildResult& child, const std::string& file, const std::string& shown,
                               const std::vector<std::string>& requested, const ReadOptions& options);

// The first of `requested` without a row in the file of a crashed process, which may be incomplete JSON;
// empty if all have rows. Without interleaving, rows are written case by case, so this case was running.
[[nodiscard]] std::string first_without_rows(const std::string& file,
                                             const std::vector<std::string>& requested);

}  // namespace warpgauge
