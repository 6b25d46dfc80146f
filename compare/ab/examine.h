// What the results of one finished process are worth. A child may crash, hang, leave its JSON unclosed, or
// lie: exit 0 with error rows, without rows that were asked for, or with rows that nobody asked for.
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
  Process process;                 // usable where there is no fault, less the failed cases
  std::vector<FailedCase> failed;  // asked for, but wrong or without a row
  std::string fault;               // not empty: the process as a whole is of no use
};

// `shown` is what reports call the file.
Examined examine(const ChildResult& child, const std::string& file, const std::string& shown,
                 const std::vector<std::string>& asked, const ReadOptions& options);

// The first of `asked` without a row in what a crashed process left at `file`, which need not be valid JSON;
// empty when all have rows. Without interleaving, rows are written case by case: it is the one that was
// running then.
std::string first_without_rows(const std::string& file, const std::vector<std::string>& asked);

}  // namespace warpgauge
