#include "compare/statistics/effects.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "base/quantile.h"

namespace warpgauge {
namespace {

constexpr double kUnchangedShare = 0.75;
constexpr double kUnexplainedLevel = 0.01;  // of the test whether the prior explains a variance

ModeratedVariance squeezed(double variance, double df, const VariancePrior& prior) {
  if (prior.df == 0) return {variance, df};
  if (std::isinf(prior.df)) return {prior.variance, prior.pooled_df};
  const double total = prior.df + df;
  return {(prior.df * prior.variance + df * variance) / total, std::min(total, prior.pooled_df)};
}

}  // namespace

double satterthwaite(double a, double df_a, double b, double df_b) {
  const double denominator = (a > 0 ? a * a / df_a : 0) + (b > 0 ? b * b / df_b : 0);
  if (denominator > 0) return (a + b) * (a + b) / denominator;
  return a + b > 0 ? std::numeric_limits<double>::infinity() : df_a;
}

double trigamma_inverse(double y) {
  // Outside of this range the asymptotes are exact to single precision.
  if (y > 1e7) return 1 / std::sqrt(y);
  if (y < 1e-6) return 1 / y;
  double x = 0.5 + 1 / y, change = 0;
  do {  // monotone and quadratic from this start
    const double trigamma = boost::math::trigamma(x);
    change = trigamma * (1 - trigamma / y) / boost::math::polygamma(2, x);
    x += change;
  } while (std::abs(change) >= 1e-12 * x);
  return x;
}

VariancePrior fit_variance_prior(std::span<const double> variances, std::span<const double> dfs) {
  const std::size_t n = variances.size();
  if (n < 2) return {};
  const double typical = median(variances);
  const double smallest = 1e-5 * (typical > 0 ? typical : 1);
  std::vector<double> logs(n);  // of s^2, less the expectation of log(chi^2 / df)
  double sampling = 0;          // the part of their variance that sampling explains
  for (std::size_t i = 0; i < n; ++i) {
    logs[i] =
        std::log(std::max(variances[i], smallest)) - boost::math::digamma(dfs[i] / 2) + std::log(dfs[i] / 2);
    sampling += boost::math::trigamma(dfs[i] / 2) / static_cast<double>(n);
  }
  const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(n);
  double spread = 0;
  for (const double value : logs) spread += (value - mean) * (value - mean) / static_cast<double>(n - 1);
  const double pooled_df = std::accumulate(dfs.begin(), dfs.end(), 0.0);
  if (spread <= sampling) return {std::exp(mean), std::numeric_limits<double>::infinity(), pooled_df};
  const double df = 2 * trigamma_inverse(spread - sampling);
  return {std::exp(mean + boost::math::digamma(df / 2) - std::log(df / 2)), df, pooled_df};
}

ModeratedVariance moderate(double variance, double df, const VariancePrior& prior) {
  if (prior.df > 0 && df > 0 && prior.variance > 0) {
    const double ratio = variance / prior.variance;
    const double tail = std::isinf(prior.df) ? cdf(complement(boost::math::chi_squared(df), df * ratio))
                                             : cdf(complement(boost::math::fisher_f(df, prior.df), ratio));
    if (tail < kUnexplainedLevel) return {variance, df};
  }
  return squeezed(variance, df, prior);
}

VariancePrior variance_prior(const TwoWayFit& fit) {
  std::vector<double> variances, dfs;
  for (const CaseFit& one : fit.cases) {
    if (one.units == 0 || !(one.df > 0)) continue;
    variances.push_back(one.variance);
    dfs.push_back(one.df);
  }
  return variances.size() < kSeparableCases ? VariancePrior{} : fit_variance_prior(variances, dfs);
}

double Effects::share_with_shared() const {
  double with = 0, present = 0;
  for (const Effect& one : cases) {
    if (one.units == 0) continue;
    ++present;
    with += (one.relative.value + shared.value) / shared.value > 0.5;
  }
  return present > 0 ? with / present : 0;
}

Effects estimate_effects(const TwoWayFit& fit, const VariancePrior& prior, std::span<const Margins> margins,
                         std::span<const ModeratedVariance> floors) {
  constexpr double kKnown = std::numeric_limits<double>::infinity();
  Effects effects;
  std::vector<double> changes, with_excluded, own_variances, shared_variances;
  for (std::size_t c = 0; c < fit.cases.size(); ++c) {
    const CaseFit& one = fit.cases[c];
    const ModeratedVariance floor = floors.empty() ? ModeratedVariance{} : floors[c];
    ModeratedVariance own = moderate(one.variance, one.df, prior);
    Estimate absolute{one.change, (own.variance + fit.shared_variance) * one.leverage,
                      satterthwaite(own.variance, own.df, fit.shared_variance, fit.shared_df)};
    if (own.variance + fit.shared_variance < floor.variance)
      absolute = {one.change, floor.variance * one.leverage, floor.df};
    if (own.variance < floor.variance) own = floor;
    effects.cases.push_back({.absolute = absolute,
                             .relative = {one.change, own.variance * one.leverage, own.df},
                             .with_excluded = one.change + one.excluded_change,
                             .units = one.units,
                             .margins = margins[c],
                             .limits = log_limits(margins[c]),
                             .standing = one.units > 0 ? Standing::open : Standing::closed});
    if (one.units == 0) continue;
    changes.push_back(one.change);
    with_excluded.push_back(effects.cases.back().with_excluded);
    own_variances.push_back(own.variance * one.leverage);
    shared_variances.push_back(std::max(fit.shared_variance, floor.variance) * one.leverage);
  }
  effects.has_relative = changes.size() >= kSeparableCases;
  if (!effects.has_relative) return effects;
  effects.test_share = 0.5;
  const double own_noise = std::numbers::pi / 2 * median(own_variances) / static_cast<double>(changes.size());
  const double shared_noise = median(shared_variances);
  // Without degrees of freedom for g its variance is the assumed one, which is known exactly.
  effects.shared = {
      median(changes), own_noise + shared_noise,
      fit.shared_df > 0 ? satterthwaite(own_noise, kKnown, shared_noise, fit.shared_df) : kKnown};
  effects.shared_with_excluded = median(with_excluded);
  std::size_t near = 0;
  for (std::size_t c = 0; c < fit.cases.size(); ++c) {
    double& relative = effects.cases[c].relative.value;
    relative -= effects.shared.value;
    near += fit.cases[c].units > 0 && std::abs(relative) < log_same(margins[c]);
  }
  const bool unchanged = static_cast<double>(near) >= kUnchangedShare * static_cast<double>(changes.size());
  for (Effect& one : effects.cases) one.relative_applies = unchanged;
  return effects;
}

// A test that one metric lacks has p = 1 there, so the smallest share holds for all.
Effects one_family(std::span<const Effects> metrics) {
  Effects all;
  for (const Effects& one : metrics) {
    all.cases.insert(all.cases.end(), one.cases.begin(), one.cases.end());
    all.test_share = std::min(all.test_share, one.test_share);
    all.has_separation |= one.has_separation;
  }
  return all;
}

}  // namespace warpgauge
