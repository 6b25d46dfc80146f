#include "compare/statistics/moderation.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "compare/statistics/statistic.h"

namespace warpgauge {
namespace {

ModeratedVariance squeezed(double variance, double df, const VariancePrior& prior) {
  if (prior.df == 0) return {variance, df};
  if (std::isinf(prior.df)) return {prior.variance, prior.pooled_df};
  const double total = prior.df + df;
  return {(prior.df * prior.variance + df * variance) / total, std::min(total, prior.pooled_df)};
}

}  // namespace

double trigamma_inverse(double y) {
  // Outside of this range the asymptotes are exact to single precision, and Newton's steps are not needed.
  if (y > 1e7) return 1 / std::sqrt(y);
  if (y < 1e-6) return 1 / y;
  double x = 0.5 + 1 / y, change = 0;
  do {  // from this start the iteration is monotone and quadratic
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
  double sampling = 0;          // what of their variance the chi^2 explain
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
  constexpr double kFar = 0.01;
  if (prior.df > 0 && df > 0 && prior.variance > 0) {
    const double ratio = variance / prior.variance;
    const double tail = std::isinf(prior.df) ? cdf(complement(boost::math::chi_squared(df), df * ratio))
                                             : cdf(complement(boost::math::fisher_f(df, prior.df), ratio));
    if (tail < kFar) return {variance, df};
  }
  return squeezed(variance, df, prior);
}

}  // namespace warpgauge
