// Whether a baseline is an earlier one with exactly one round more. `bless` asks before it replaces a file,
// ci/propose.sh before it pushes one that another machine wrote.
#pragma once

#include <string>

#include "compare/baseline/baseline.h"

namespace warpgauge {

// Empty if `after` is `before` with one round more, as add_round() makes it: the other rounds, values and
// edits are those of before, and what is missing had to go (bless.h). Else what is different: "PLACE: WHAT".
// `before` may have no rounds: then `after` has one.
[[nodiscard]] std::string not_one_more(const Baseline& before, const Baseline& after);

}  // namespace warpgauge
