// A limit of a regression as users write it: "2%", or "2%,30ns". Both parts must be exceeded.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

// A difference in the metric's unit. For times it is written with a unit (ns, us, ms, s), for counters
// without.
struct AbsoluteLimit {
  double value = 0;  // of a time: nanoseconds
  bool is_time = false;

  bool operator==(const AbsoluteLimit&) const = default;
};

struct FailLimit {
  double relative = 0;  // a fraction
  std::optional<AbsoluteLimit> absolute;
};

// All throw std::invalid_argument with the text and what to write instead.
[[nodiscard]] AbsoluteLimit parse_absolute_limit(std::string_view text);
[[nodiscard]] FailLimit parse_fail_limit(std::string_view text);
// The limit must be of the metric's kind.
void check_unit(const AbsoluteLimit& limit, const Metric& metric);

}  // namespace warpgauge
