// One case of a comparison, from its rows to what its decision is made from. match.h pairs the sides,
// process_numbers.h adds their numbers, assemble.h the limits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/why.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/difference_rule.h"

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

struct SideNumbers {
  std::vector<double> processes;  // process_number() of each process of the side, NaN if it lacks the case
  SideSummary summary;
  std::optional<SideRange> range = {};  // over all samples, in the scale of differences
};

struct CaseNumbers {
  SideNumbers base, head;
  std::optional<double> cliffs_delta;  // over all samples, > 0: head is worse
  std::size_t samples_taken = 0;  // how many samples of each process were used, from the first on; 0: all
  NumberScale scale = NumberScale::log;
};

struct CasePair {
  std::string name;
  std::string plain_name = {};  // without the executable
  CasePresence presence = CasePresence::both;
  std::vector<MeasuredCase> base, head;  // by process, in the given order, without failed ones
  Why why;                               // why it is not `both`; otherwise std::monostate
  CaseNumbers numbers = {};
  Margins margins = {};  // if it is judged by logs
  Limits limits = {};    // if it is judged by differences
};

// The cases of a metric that a rule decides. Points into a Matching.
using JudgedCases = std::vector<const CasePair*>;

}  // namespace warpgauge
