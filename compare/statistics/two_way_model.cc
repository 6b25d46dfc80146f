#include "compare/statistics/two_way_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// n times the variance of the median of n values, over the variance of one; an upper bound for small n.
constexpr double kMedianVariance = std::numbers::pi / 2;

struct SideMeans {
  double mean[2] = {0, 0};
  int units[2] = {0, 0};
};

// Means of y - g over the units that hold the case.
SideMeans side_means(const TwoWayData& data, std::size_t c, std::span<const double> shared) {
  SideMeans sides;
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    const double y = data.at(u, c);
    if (std::isnan(y)) continue;
    sides.mean[data.side_of(u)] += y - shared[u];
    ++sides.units[data.side_of(u)];
  }
  for (int s = 0; s < 2; ++s)
    if (sides.units[s] > 0) sides.mean[s] /= sides.units[s];
  return sides;
}

std::vector<std::size_t> complete_cases(const TwoWayData& data) {
  std::vector<std::size_t> complete;
  for (std::size_t c = 0; c < data.cases; ++c) {
    bool everywhere = true;
    for (std::size_t u = 0; u < data.head.size(); ++u) everywhere &= !std::isnan(data.at(u, c));
    if (everywhere) complete.push_back(c);
  }
  return complete;
}

// g, [unit].
std::vector<double> shared_effects(const TwoWayData& data, std::span<const std::size_t> complete) {
  const std::vector<double> none(data.head.size(), 0.0);
  if (complete.size() < kSeparableCases) return none;
  std::vector<SideMeans> means;
  for (const std::size_t c : complete) means.push_back(side_means(data, c, none));
  std::vector<double> shared(data.head.size());
  double sum[2] = {0, 0};
  int units[2] = {0, 0};
  std::vector<double> residuals(complete.size());
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    const std::size_t side = data.side_of(u);
    for (std::size_t i = 0; i < complete.size(); ++i)
      residuals[i] = data.at(u, complete[i]) - means[i].mean[side];
    shared[u] = median(residuals);
    sum[side] += shared[u];
    ++units[side];
  }
  for (std::size_t u = 0; u < shared.size(); ++u) shared[u] -= sum[data.side_of(u)] / units[data.side_of(u)];
  return shared;
}

CaseFit fit_case(const TwoWayData& data, std::size_t c, std::span<const double> shared, bool paired,
                 double df_kept) {
  const SideMeans sides = side_means(data, c, shared);
  CaseFit fit;
  fit.units = paired ? sides.units[1] : std::min(sides.units[0], sides.units[1]);
  if (fit.units == 0) return fit;
  fit.change = sides.mean[1] - sides.mean[0];
  double squares = 0;
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    const double y = data.at(u, c);
    if (std::isnan(y)) continue;
    const double residual = y - shared[u] - sides.mean[data.side_of(u)];
    squares += residual * residual;
  }
  for (const int units : sides.units) {
    if (units == 0) continue;
    fit.leverage += 1.0 / units;
    fit.df += (units - 1) * df_kept;
  }
  if (fit.df > 0) fit.variance = squares / fit.df;
  return fit;
}

// The median of a field over the present cases that `chosen` accepts; 0 if there are none.
template <typename Field, typename Chosen>
double median_over(const std::vector<CaseFit>& cases, Field field, Chosen chosen) {
  std::vector<double> values;
  for (std::size_t c = 0; c < cases.size(); ++c)
    if (cases[c].units > 0 && chosen(c)) values.push_back(cases[c].*field);
  return values.empty() ? 0 : median(values);
}

TwoWayData without_units(const TwoWayData& data, std::span<const Outlier> excluded) {
  TwoWayData kept;
  kept.cases = data.cases;
  for (std::size_t u = 0; u < data.head.size(); ++u) {
    if (is_excluded(excluded, u)) continue;
    kept.head.push_back(data.head[u]);
    const auto row = data.values.begin() + static_cast<std::ptrdiff_t>(u * data.cases);
    kept.values.insert(kept.values.end(), row, row + static_cast<std::ptrdiff_t>(data.cases));
  }
  return kept;
}

// Outliers that were found without the excluded units, by their places among all units.
void place_among_all(std::vector<Outlier>& outliers, std::size_t units, std::span<const Outlier> excluded) {
  std::vector<std::size_t> kept;
  for (std::size_t u = 0; u < units; ++u)
    if (!is_excluded(excluded, u)) kept.push_back(u);
  for (Outlier& one : outliers) one.unit = kept[one.unit];
}

// Subtracts the controls' median change, which is the machine's own, from every change. The noise of that
// median remains.
void subtract_controls(TwoWayFit& fit, std::span<const char> controls) {
  const auto is_control = [&](std::size_t c) { return c < controls.size() && controls[c]; };
  std::size_t present = 0;
  for (std::size_t c = 0; c < fit.cases.size(); ++c) present += is_control(c) && fit.cases[c].units > 0;
  if (present < kEnoughControls) return;
  const double common = median_over(fit.cases, &CaseFit::change, is_control);
  const double common_excluded = median_over(fit.cases, &CaseFit::excluded_change, is_control);
  for (CaseFit& one : fit.cases) {
    one.change -= common;
    one.excluded_change = std::max(0.0, one.excluded_change - common_excluded);
  }
  fit.shared_variance =
      kMedianVariance / static_cast<double>(present) * median_over(fit.cases, &CaseFit::variance, is_control);
}

// [case]: the outliers of single cases.
std::vector<std::vector<Outlier>> case_outliers_of(const TwoWayData& data, std::span<const double> shared) {
  std::vector<double> deviations;
  for (std::size_t c = 0; c < data.cases; ++c) deviations.push_back(case_deviation(data, c, shared));
  const double typical = data.cases < kSeparableCases ? 0 : median(deviations);
  std::vector<std::vector<Outlier>> outliers;
  for (std::size_t c = 0; c < data.cases; ++c)
    outliers.push_back(find_case_outliers(data, c, shared, typical));
  return outliers;
}

TwoWayFit fit_all_units(TwoWayData data, bool case_outliers) {
  const std::vector<std::size_t> complete = complete_cases(data);
  const bool separated = complete.size() >= kSeparableCases;
  const std::vector<double> shared = shared_effects(data, complete);
  const bool paired = data.is_paired();
  std::vector<std::vector<Outlier>> outliers(data.cases);
  if (case_outliers && !paired) outliers = case_outliers_of(data, shared);
  for (std::size_t c = 0; c < data.cases; ++c)
    for (const Outlier& one : outliers[c]) data.values[one.unit * data.cases + c] = std::nan("");

  TwoWayFit fit;
  // Separating g over n cases costs each of them 1/n of its degrees of freedom.
  const double df_kept = separated ? 1 - 1 / static_cast<double>(complete.size()) : 1;
  for (std::size_t c = 0; c < data.cases; ++c)
    fit.cases.emplace_back(fit_case(data, c, shared, paired, df_kept)).excluded = std::move(outliers[c]);
  fit.shared_df = static_cast<double>(data.head.size()) - (paired ? 1 : 2);
  if (separated && fit.shared_df > 0) {
    const double squares = std::inner_product(shared.begin(), shared.end(), shared.begin(), 0.0);
    const double noise = kMedianVariance / static_cast<double>(complete.size()) *
                         median_over(fit.cases, &CaseFit::variance,
                                     [&](std::size_t c) { return std::ranges::binary_search(complete, c); });
    fit.shared_variance = std::max(0.0, squares / fit.shared_df - noise);
  }
  return fit;
}

}  // namespace

TwoWayFit fit_two_way(const TwoWayData& data, std::span<const char> controls, bool case_outliers) {
  const std::vector<Outlier> excluded = find_outliers(data, shared_effects(data, complete_cases(data)));
  TwoWayFit fit = fit_all_units(excluded.empty() ? data : without_units(data, excluded), case_outliers);
  fit.excluded = excluded;
  for (std::size_t c = 0; c < data.cases; ++c) {
    CaseFit& one = fit.cases[c];
    place_among_all(one.excluded, data.head.size(), excluded);
    if (one.units == 0) continue;
    const std::vector<Outlier> all = excluded_for_case(excluded, one.excluded);
    if (may_be_heads_own(data, c, all)) one.excluded_change = excluded_change(data, c, all);
  }
  subtract_controls(fit, controls);
  return fit;
}

}  // namespace warpgauge
