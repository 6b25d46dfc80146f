// From effects to verdicts, for all cases at one interim analysis; and from a verdict to a Decision.
//
// Regression and improvement: up to three one-sided tests per case against its margin, each at the same share
// of the level.
// - The absolute test takes the change itself.
// - The relative test takes the change less the median change. It applies if at least three quarters of the
//   cases lie within same_within of that median, and if the absolute test rejects at the unadjusted level of
//   this interim analysis. That needs no Holm: an error in g affects all cases or none. The relative test
//   never takes more than the change itself.
// - The separation test (separation.h) needs five processes per side. Then the relative test has a share of
//   the level only if it applies.
// Each test is adjusted by Holm over all cases.
//
// Unchanged: two one-sided tests (Schuirmann 1987) inside +-same_within, on the absolute change and, if the
// relative test applies, on the relative change.
//
// Excluded units take no part in these tests. If they speak against head, unchanged and improvement must also
// hold with them: the change with what they would add lies inside the margin, or beyond the improvement
// margin.
//
// MDE and sample size come from the power of the one-sided t test, by the non-central t distribution, at
// power 0.8.
#pragma once

#include <functional>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/effects.h"

namespace warpgauge {

// Level of "unchanged" per case, over all interim analyses.
inline constexpr double kUnchangedLevel = 0.05;

struct Levels {
  double change = 0;     // of this interim analysis, over all cases, per direction
  double unchanged = 0;  // of this interim analysis, per case
};

struct Verdict {
  Decided decided = Decided::inconclusive;
  double p = 1, p_adjusted = 1;                      // of a regression
  bool by_relative = false;                          // only the relative test rejected
  bool by_separation = false;                        // only the separation test rejected
  Decided without_excluded = Decided::inconclusive;  // `decided`, if the excluded units did not count
};

// [case]. For cases that are not open, `decided` has no meaning.
[[nodiscard]] std::vector<Verdict> judge(const Effects& effects, const Levels& levels);

// Verdict on the median change, with the medians of the limits of the cases that are present.
[[nodiscard]] SharedChange judge_shared(const Effects& effects, const Levels& levels);

// Throws std::invalid_argument unless 0 <= fail_above, 0 <= improve_above < 1, 0 < same_within.
void check_margins(const Margins& margins);

struct PlannedLevels {
  double single = 0;     // of one test: Holm's smallest level
  double look = 0;       // the level at which the absolute test must reject for the relative test to apply
  double unchanged = 0;  // of the two one-sided tests
};

// Of a case that is present and judged by logs. leverage(extra): variance of its change per variance of a
// unit, with `extra` more units.
[[nodiscard]] Decision decision_of(const Effect& effect, const Verdict& verdict, const PlannedLevels& levels,
                                   const std::function<double(int)>& leverage);

// Inconclusive, without figures.
[[nodiscard]] Decision no_decision(DecisionWhy why);

}  // namespace warpgauge
