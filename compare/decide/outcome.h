// From what the statistics answer to what is reported: logs become ratios, infinities become "not known".
#pragma once

#include <map>
#include <string>

#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

void take_decision(const Decision& decision, Cell& cell);

// The run's part: method, smallest detectable change, common shift.
void take_outcome(const Outcome& outcome, Comparison& comparison);

// Everything that a file tells of itself, in one map.
std::map<std::string, std::string> reported_context(const Context& context);

// The command that measures one case alone; empty where the file does not name its executable.
std::string reproduction(const MeasuredCase& one);

}  // namespace warpgauge
