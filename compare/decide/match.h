// Brings the cases of both sides together by name. Every case that either side measured or failed to measure
// comes out once; nothing is dropped.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/notes.h"
#include "compare/decide/why.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// One case in one process, with its repetitions, or `listed` without any. Points into the matched ResultSet.
struct MeasuredCase {
  const Process* process = nullptr;
  const Case* measured = nullptr;
};

// First that holds: failed and errored say that no number of this case may be used.
enum class Presence {
  failed,   // at least one process of head failed on it
  errored,  // at least one process of base failed on it
  missing,  // base only
  added,    // head only
  both,
};

struct CasePair {
  std::string name;  // stripped; raw where stripping would make two cases one, on either side
  Presence presence = Presence::both;
  std::vector<MeasuredCase> base,
      head;  // the processes that measured it, in the order given; failures are not in it
  Why why;   // it is not `both`; else std::monostate
};

struct Matching {
  std::vector<CasePair> pairs;  // in base's order, then head's for those that base does not know
  std::vector<Note> notes;      // cases that some processes of a side lack; cases that nobody measured
};

[[nodiscard]] Matching match_cases(const ResultSet& base, const ResultSet& head);

}  // namespace warpgauge
