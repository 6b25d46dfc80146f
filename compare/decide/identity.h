// Whether two sides were measured on the same thing: identity must be equal, state should be.
#pragma once

#include <vector>

#include "compare/decide/comparison.h"
#include "compare/input/result_set.h"

namespace warpgauge {

struct ContextComparison {
  std::vector<ContextDifference> differences;  // sorted: what forbids first, then by key
  std::vector<Note> notes;                     // how far the hardware could be compared
  bool forbidden() const;                      // a difference of identity: the verdict is "undecided"
};

// Over all processes of both sides: a key differs as soon as two of them disagree, of the same side or not.
// Where every process has context.warpgauge, its identity is compared; where any lacks it, what plain context
// tells (num_cpus, caches, nvbench's device) is, with a warning if others have one.
[[nodiscard]] ContextComparison compare_contexts(const ResultSet& base, const ResultSet& head);

}  // namespace warpgauge
