// Pairs the cases of both sides by name (case_names.h). Every case that a side measured, or failed to
// measure, appears exactly once.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/notes.h"
#include "compare/decide/why.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// One case in one process. It has repetitions, or is only `listed`. Points into the matched ResultSet.
struct MeasuredCase {
  const Process* process = nullptr;
  const Case* measured = nullptr;
};

// The first that applies. If a case has failed or errored, none of its numbers may be used.
enum class CasePresence {
  failed,   // at least one process of head failed on it, and none of base
  errored,  // at least one process of base failed on it
  missing,  // base only
  added,    // head only
  both,
};

struct CasePair {
  std::string name;
  std::string plain_name = {};  // without the executable
  CasePresence presence = CasePresence::both;
  std::vector<MeasuredCase> base, head;  // by process, in the given order, without failed ones
  Why why;                               // why it is not `both`; otherwise std::monostate
};

struct Matching {
  std::vector<CasePair> pairs;  // in the order of base, then of head for cases that base lacks
  std::vector<Note> notes;  // cases that some processes of a side lack, and cases that no process measured
};

// How many processes of the side are of the executables that have the case.
[[nodiscard]] std::size_t processes_of_executables(const ResultSet& side,
                                                   const std::vector<MeasuredCase>& measured);

[[nodiscard]] Matching match_cases(const ResultSet& base, const ResultSet& head);

}  // namespace warpgauge
