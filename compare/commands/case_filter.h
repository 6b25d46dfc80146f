// --filter: which cases of the files take part.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "base/flag_table.h"
#include "compare/input/name_filter.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// As typed, and compiled.
struct CaseFilter {
  std::string text;
  std::optional<NameFilter> names;
};
void add_filter_flag(FlagTable& table, CaseFilter& filter);

// Throws UsageError if the filter left no case in any of these sides, whose files still have their paths.
void require_cases(const CaseFilter& filter, std::initializer_list<const ResultSet*> sides,
                   const Metric& metric);

}  // namespace warpgauge
