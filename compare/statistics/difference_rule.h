// Cases that are judged by the difference of head and base, not by the log of their ratio. A larger number is
// worse; if higher is better, numbers are negated.
//
// - Exact: the metric is declared to give one number in all processes of a binary. Two numbers decide,
//   without a test. If the numbers of a side differ, the declaration is wrong: the case is inconclusive.
// - Without logs: a number is not above 0. If one side holds zeros only, and the other none, the case has
//   changed, without a test: 0 means that nothing was counted. Two sides of zeros are unchanged. Otherwise
//   Student's t test on the numbers of the units decides, in one family with all other tests. It needs three
//   units per side; of stored rounds, three of base.
#pragma once

#include <optional>
#include <span>

#include "compare/statistics/decision.h"
#include "compare/statistics/effects.h"
#include "compare/statistics/judgement.h"

namespace warpgauge {

// The smallest and the largest number of a side.
struct SideRange {
  double low = 0, high = 0;
};

struct ExactCase {
  SideRange base, head;
  Limits limits;
};
[[nodiscard]] Decision decide_exact(const ExactCase& one);

// `base`, `head`: one number per unit, NaN if the unit lacks the case. Empty if a test has to decide.
[[nodiscard]] std::optional<Decision> decide_zeros(std::span<const double> base, std::span<const double> head,
                                                   const Limits& limits);

// Head less base, from unpaired units. Without degrees of freedom nothing can be tested.
[[nodiscard]] Effect unpaired_difference(std::span<const double> base, std::span<const double> head,
                                         const Limits& limits, Unit unit);
// From the differences of blocks, NaN if a block lacks the case.
[[nodiscard]] Effect paired_difference(std::span<const double> differences, const Limits& limits);

// What the family's verdict makes of the effect.
[[nodiscard]] Decision difference_decision(const Effect& effect, const Verdict& verdict);

}  // namespace warpgauge
