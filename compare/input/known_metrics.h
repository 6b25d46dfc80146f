// What is known of a metric by its name: which direction is better, and whether it is exact. The only place
// that holds such names.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

struct KnownMetric {
  std::optional<Better> better;  // empty: unknown for this name
  bool exact = false;            // every process of a binary gives the same number
};

// Times and rates are known by the words of their names: real_time, p95_ns, items_per_second. Counters are
// known by the table in known_metrics.cc: allocs_per_iter.
[[nodiscard]] KnownMetric known_metric(std::string_view name);

}  // namespace warpgauge
