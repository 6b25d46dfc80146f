// The verdict of a whole run, from those of its cases.
#pragma once

#include "compare/decide/comparison.h"
#include "compare/decide/gate.h"
#include "compare/decide/match.h"

namespace warpgauge {

// Orders the cells worst first, sets verdict and exit code, and notes each thing that keeps the run from
// passing. Not `comparable`: the sides come from different machines or settings.
void take_run_verdict(const Matching& matching, const GateOptions& options, bool comparable,
                      Comparison& comparison);

}  // namespace warpgauge
