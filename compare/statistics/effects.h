// From a fitted model (two_way_model.h) to the change of each case, with its variance and degrees of freedom.
//
// Few degrees of freedom per case give poor variances. Many cases give a good prior for them. So each
// variance is moderated by empirical Bayes: s^2 ~ s0^2 F(df, d0).
//
// Source: Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression in
// microarray experiments", Stat. Appl. Genet. Mol. Biol. 3(1), section 6.2 (moments of the log variances).
// The results equal those of limma's fitFDist and squeezeVar.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {

struct VariancePrior {
  double variance = 0;   // s0^2
  double df = 0;         // d0, the prior's degrees of freedom; 0: no prior, infinity: all cases are alike
  double pooled_df = 0;  // of all variances together: the limit for every moderated variance
};

struct ModeratedVariance {
  double variance = 0;
  double df = 0;
};

// x with trigamma(x) = y, y > 0, by Newton's method (Smyth 2004, appendix). Exact to 1e-12 relative, and to
// 1e-7 for y > 1e7 or y < 1e-6.
[[nodiscard]] double trigamma_inverse(double y);

// variances[case] with dfs[case] > 0 degrees of freedom. Fewer than two variances give no prior (df 0). A
// variance of zero, from a clock too coarse to show noise, counts as 1e-5 of the median variance, as in
// limma.
[[nodiscard]] VariancePrior fit_variance_prior(std::span<const double> variances,
                                               std::span<const double> dfs);

// (d0 s0^2 + df s^2) / (d0 + df), with min(d0 + df, pooled_df) degrees of freedom, as limma's eBayes. Without
// a prior, the variance is returned as it is.
//
// A variance far above the prior is returned as it is, too: P(F(df, d0) > s^2 / s0^2) < .01. With few cases
// or quiet first blocks the prior is narrow, and would hide a case that became noisy. Phipson et al. 2016,
// "Robust hyperparameter estimation protects against hypervariable genes", Ann. Appl. Stat. 10(2), detect
// such variances by the same test; they lower the prior's degrees of freedom instead.
[[nodiscard]] ModeratedVariance moderate(double variance, double df, const VariancePrior& prior);

// Degrees of freedom of a sum of independent variances (Satterthwaite 1946). A known variance has infinite
// ones.
[[nodiscard]] double satterthwaite(double a, double df_a, double b, double df_b);

// The prior of a run's variances, from its first interim analysis, over all cases. If g was not separated
// there is no prior: then the cases' variances share g, and are not independent.
[[nodiscard]] VariancePrior variance_prior(const TwoWayFit& fit);

struct Estimate {
  double value = 0;     // log ratio
  double variance = 0;  // of the value
  double df = 0;
};

// The result of earlier interim analyses for a case. Every case stays in Holm's family.
enum class Standing { open, regression, improvement, closed };

// The change of one case, and all that its verdict needs (judgement.h).
//
// absolute: the change itself, with the variances of e and of g. Satterthwaite (1946) gives its degrees of
// freedom: all cases share g, so g's few degrees must not be pooled. relative: the change less the median
// change of all cases, with the variance of e alone.
struct Effect {
  Estimate absolute, relative;
  double with_excluded = 0;        // the absolute change, with what the excluded units would add
  int units = 0;                   // per side, without excluded ones; 0: the case is absent
  Margins margins = {};            // of a case that is judged by logs
  Limits limits = log_limits({});  // in the scale of the change
  Standing standing = Standing::open;
  bool relative_applies = false;                          // the bulk of the cases is unchanged
  double p_separated_slower = 1, p_separated_faster = 1;  // separation.h, with the case's margins
  bool deviation_assumed = false;                         // between the units of the case
  std::vector<ExcludedUnits> against_head = {};           // excluded units that speak against head
};

struct Effects {
  std::vector<Effect> cases;
  Estimate shared;  // the median change
  double shared_with_excluded = 0;
  bool has_relative = false;    // there are enough cases for a median
  double test_share = 1;        // share of the level that each test of a case has
  bool has_separation = false;  // there are enough units for the separation test

  // Share of the present cases that changed as the median did, by at least half as much.
  [[nodiscard]] double share_with_shared() const;
};

// floors[case]: the smallest variance of a unit, assumed or observed, with its degrees of freedom. Variance 0
// or an empty span: no floor. Absent cases are closed.
[[nodiscard]] Effects estimate_effects(const TwoWayFit& fit, const VariancePrior& prior,
                                       std::span<const Margins> margins,
                                       std::span<const ModeratedVariance> floors = {});

// The effects of several metrics as one family of tests: their cases in this order. Only what judge() reads.
[[nodiscard]] Effects one_family(std::span<const Effects> metrics);

}  // namespace warpgauge
