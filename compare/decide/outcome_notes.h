// Remarks about a whole run that follow from what its rule decided.
#pragma once

#include <cstddef>
#include <vector>

#include "compare/decide/match.h"
#include "compare/decide/notes.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// A case that both sides measured.
struct MeasuredPair {
  const CasePair* pair;
  CaseNumbers numbers;
  Margins margins;
  std::size_t cell;    // its place in the comparison
  Limits limits = {};  // if it is judged by differences
};

// outcome.decisions are those of `measured`, in this order.
[[nodiscard]] std::vector<Note> outcome_notes(const Outcome& outcome,
                                              const std::vector<MeasuredPair>& measured,
                                              const NumberPlan& plan, double assumed_deviation);

}  // namespace warpgauge
