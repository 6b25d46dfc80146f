// Why a case has its verdict, in words.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/comparison.h"

namespace warpgauge {

// One sentence for each kind of Why; empty if there is nothing to say.
[[nodiscard]] std::string why_sentence(const Cell& cell, const AppliedPolicy& policy);

// The same for a row that shows the figures already: what they do not say. Empty if they say it all.
[[nodiscard]] std::string why_remark(const Cell& cell, const AppliedPolicy& policy);

// "1 of head's 8 processes, 50 % slower": excluded units, head's first.
[[nodiscard]] std::string excluded_words(const std::vector<ExcludedUnits>& groups, Unit unit);
// "50 % slower"
[[nodiscard]] std::string shift_words(double log_shift);

}  // namespace warpgauge
