// From the limits of a case to the margins of its test. An absolute limit is the size of a change that does
// not matter: a regression, an improvement and "unchanged" have to exceed or respect it, too.
#pragma once

#include <optional>

#include "compare/input/limit.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

struct CaseLimits {
  Margins margins;                        // relative
  std::optional<AbsoluteLimit> absolute;  // of the metric's kind

  bool operator==(const CaseLimits&) const = default;
};

// For a case that is judged by logs. `base`: its value in base, above 0, in the metric's unit.
[[nodiscard]] Margins margins_at(const CaseLimits& limits, double base, Better better);

// For a case that is judged by differences.
[[nodiscard]] Limits difference_limits(const CaseLimits& limits, double base);

}  // namespace warpgauge
