// Decisions in words: one sentence each.
#pragma once

#include <string>

#include "compare/statistics/judgement.h"

namespace warpgauge {

// Names of the unit of analysis: "block", "process", "round".
struct UnitWords {
  std::string one, many;
};

// "3.1 %": a fraction as it is read, with as many digits as matter; "any change" never.
std::string percent(double fraction);
// "+3.1 %": a log ratio.
std::string signed_percent(double log_ratio);

// For every decision but those of a failed null control and of cases that were dropped, or left with no unit.
// Reads all of `decision` but its reason.
std::string reason_for(const Decision& decision, const Margins& margins, const Effect& effect, bool by_rest,
                       const UnitWords& units);

}  // namespace warpgauge
