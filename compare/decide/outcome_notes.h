// Remarks about a whole run that follow from what its rule decided.
#pragma once

#include <vector>

#include "compare/decide/case_pair.h"
#include "compare/decide/notes.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// outcome.decisions are those of `judged`, in this order.
[[nodiscard]] std::vector<Note> outcome_notes(const Outcome& outcome, const JudgedCases& judged,
                                              const NumberPlan& plan, double assumed_deviation);

}  // namespace warpgauge
