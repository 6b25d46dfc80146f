// Whether two sides were measured on the same hardware. Their identity must be equal; a different state only
// warns.
#pragma once

#include <vector>

#include "compare/decide/comparison.h"
#include "compare/input/result_set.h"

namespace warpgauge {

struct ContextComparison {
  std::vector<ContextDifference> differences;  // sorted: those that forbid a comparison first, then by key
  std::vector<Note> notes;                     // limits of the hardware comparison
  bool forbidden() const;                      // the identity differs, so the verdict is "undecided"
};

// Compares all processes of both sides: a key differs if any two processes disagree, even of the same side.
// If every process has context.warpgauge, its identity is compared. Otherwise the plain context is compared
// (num_cpus, caches, nvbench's device), with a warning if some processes have an identity.
[[nodiscard]] ContextComparison compare_contexts(const ResultSet& base, const ResultSet& head);

}  // namespace warpgauge
