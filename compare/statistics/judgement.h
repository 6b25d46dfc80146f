// From a fitted model to verdicts, for one look over all cases of a run.
//
// Method: two one-sided t tests a case against its margin, half the level each. Whole: the change itself,
// variance of e and of g, degrees of freedom by Satterthwaite (1946), because g is shared by all cases and
// its few degrees must not be pooled away. Rest: the change less the median change, variance of e alone; only
// where at least three quarters of the cases lie within same_within of that median; never more than the
// change itself, and only where the whole test rejects at the level of the look, unadjusted: what blocks
// share errs for all cases or for none, so that needs no Holm. Each is adjusted by Holm over all cases.
// Unchanged: two one-sided tests (Schuirmann 1987) inside +-same_within, whole and, where it holds, rest.
// What was left out takes no part in any of that. But where head's own slowness may be in it, unchanged and
// improvement hold only if they do with it, too: the change and what it would add lie inside the margin, or
// beyond the other.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/moderation.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {

struct Estimate {
  double value = 0;     // log ratio
  double variance = 0;  // of the value
  double df = 0;
};

struct Effect {
  Estimate absolute, relative;
  double with_excluded =
      0;  // the whole change and what the units that were left out would add (two_way_model.h)
};

struct Effects {
  std::vector<Effect> cases;
  Estimate shared;  // the median change
  double shared_with_excluded = 0;
  bool has_relative = false;    // there are cases enough for a median to mean something
  bool bulk_unchanged = false;  // the relative test applies
  double test_share = 1;        // of the level, for each test of a case
};

// The prior of the variances: from the first look at a run, over all its cases. None where g was not
// separated: then the cases' variances share it, and are not independent.
VariancePrior variance_prior(const TwoWayFit& fit);

// floors[case]: the variance that a unit has at least, assumed or shown, with its degrees of freedom;
// variance 0 for none. Empty: none.
Effects estimate_effects(const TwoWayFit& fit, const VariancePrior& prior, std::span<const Margins> margins,
                         std::span<const ModeratedVariance> floors = {});

// What earlier looks left of a case. It stays one of Holm's family for good.
enum class Standing { open, regression, improvement, closed };

// Level of "unchanged", a case, over all looks.
inline constexpr double kUnchangedLevel = 0.05;

struct Levels {
  double change = 0;     // of this look, over all cases, for either direction
  double unchanged = 0;  // of this look, a case
};

struct Verdict {
  Decided decided = Decided::inconclusive;
  double p = 1, p_adjusted = 1;                      // for a regression
  bool by_relative = false;                          // only the relative test saw it
  Decided without_excluded = Decided::inconclusive;  // what it would be, if not for what was left out
};

// [case]; of cases that are not open, `decided` means nothing.
std::vector<Verdict> judge(const Effects& effects, std::span<const Margins> margins,
                           std::span<const Standing> standing, const Levels& levels);

// Verdict on the median change, with the medians of the cases' margins.
SharedChange judge_shared(const Effects& effects, std::span<const Margins> margins, const Levels& levels);

// The margins as logs: a change is beyond them where it is > log_fail, < log_improve, or inside +-log_same.
double log_fail(const Margins& margins);
double log_improve(const Margins& margins);  // negative
double log_same(const Margins& margins);

// Throws std::invalid_argument unless 0 <= fail_above, 0 <= improve_above < 1, 0 < same_within.
void check_margins(const Margins& margins);

}  // namespace warpgauge
