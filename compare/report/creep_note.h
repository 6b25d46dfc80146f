// A baseline that creeps up, as `gate` and `bless` tell of it.
#pragma once

#include <string>
#include <vector>

#include "compare/baseline/creep.h"
#include "compare/decide/gate.h"

namespace warpgauge {

// Of `baseline`, with the new round in it where there is one: `comparison` is that round against the
// baseline.
std::vector<Creep> creep_with(Baseline baseline, const std::optional<BaselineRound>& round,
                              const Comparison& comparison, const GateOptions& options);

note::Drift creep_note(const std::vector<Creep>& crept);     // there is at least one
std::string creep_refusal(const std::vector<Creep>& crept);  // case by case, and what to do

}  // namespace warpgauge
