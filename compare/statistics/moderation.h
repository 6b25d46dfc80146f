// Empirical Bayes moderation of variances: few degrees of freedom a case give poor variances, many cases give
// a good prior for them. Variances are taken as s0^2 chi^2 scaled: s^2 ~ s0^2 F(df, d0).
//
// Method: Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression in
// microarray experiments", Stat. Appl. Genet. Mol. Biol. 3(1), section 6.2 (moments of the log variances); as
// limma's fitFDist and squeezeVar. Doubles; the trigamma inverse to 1e-12 relative (to 1e-7 at its far ends).
#pragma once

#include <span>

namespace warpgauge {

struct VariancePrior {
  double variance = 0;  // s0^2
  double df = 0;  // d0: how many degrees of freedom the prior is worth; 0 none, infinity: all cases alike
  double pooled_df = 0;  // of all the variances together: more than this no moderated variance can claim
};

struct ModeratedVariance {
  double variance = 0;
  double df = 0;
};

// x with trigamma(x) = y, y > 0. Newton's method of Smyth 2004, appendix.
double trigamma_inverse(double y);

// variances[case] with dfs[case] > 0 degrees of freedom. Fewer than two variances give no prior (df 0).
// A variance of zero (a clock too coarse to see any noise) counts as 1e-5 of the median one, as in limma.
VariancePrior fit_variance_prior(std::span<const double> variances, std::span<const double> dfs);

// (d0 s0^2 + df s^2) / (d0 + df), with min(d0 + df, pooled_df) degrees of freedom, as limma's eBayes; without
// a prior the variance as it is. But a variance far above what the prior explains stands by itself: few
// cases, or quiet first blocks, make a prior so sure of itself that it would hide a case which became noisy.
// Far: P(F(df, d0) > s^2 / s0^2) < .01, the test by which Phipson et al. 2016, "Robust hyperparameter
// estimation protects against hypervariable genes", Ann. Appl. Stat. 10(2), tell them (there it lowers their
// prior's degrees by degrees).
ModeratedVariance moderate(double variance, double df, const VariancePrior& prior);

}  // namespace warpgauge
