// Pairs the cases of both sides by name (case_names.h). Every case that a side measured, or failed to
// measure, appears exactly once.
#pragma once

#include <vector>

#include "compare/decide/case_pair.h"
#include "compare/decide/notes.h"
#include "compare/input/result_set.h"

namespace warpgauge {

struct Matching {
  std::vector<CasePair> pairs;  // in the order of base, then of head for cases that base lacks
  std::vector<Note> notes;  // cases that some processes of a side lack, and cases that no process measured
};

// How many processes of the side are of the executables that have the case.
[[nodiscard]] std::size_t processes_of_executables(const ResultSet& side,
                                                   const std::vector<MeasuredCase>& measured);

[[nodiscard]] Matching match_cases(const ResultSet& base, const ResultSet& head);

}  // namespace warpgauge
