#include "compare/statistics/judgement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "compare/statistics/holm.h"
#include "compare/statistics/statistic.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kBulkShare = 0.75;

// One-sided p of "the value is above the margin"; degrees of freedom that are not there prove nothing.
double p_above(const Estimate& estimate, double margin) {
  if (!(estimate.df > 0)) return 1;
  if (estimate.variance <= 0) return estimate.value > margin ? 0 : 1;
  return student_upper((estimate.value - margin) / std::sqrt(estimate.variance), estimate.df);
}

Estimate mirrored(Estimate estimate) {
  estimate.value = -estimate.value;
  return estimate;
}

// The larger of the two one-sided p.
double p_inside(const Estimate& estimate, double margin) {
  return p_above({margin - std::abs(estimate.value), estimate.variance, estimate.df}, 0);
}

// Variances of independent parts, with a known one of infinite degrees (Satterthwaite).
double satterthwaite(double a, double df_a, double b, double df_b) {
  const double denominator = (a > 0 ? a * a / df_a : 0) + (b > 0 ? b * b / df_b : 0);
  if (denominator > 0) return (a + b) * (a + b) / denominator;
  return a + b > 0 ? std::numeric_limits<double>::infinity() : df_a;
}

// Whether what was left out may hide that head is slower than that.
bool contradicted(Decided decided, double with_excluded, double improve, double same) {
  return (decided == Decided::unchanged && with_excluded > same) ||
         (decided == Decided::improvement && with_excluded > improve);
}

struct DirectionTest {
  std::vector<double> absolute, relative, absolute_adjusted, relative_adjusted;
};

DirectionTest test_direction(const Effects& effects, std::span<const Margins> margins,
                             std::span<const Standing> standing, bool slower, double level) {
  DirectionTest test;
  for (std::size_t c = 0; c < effects.cases.size(); ++c) {
    if (standing[c] != Standing::open) {
      const bool rejected = standing[c] == (slower ? Standing::regression : Standing::improvement);
      test.absolute.push_back(rejected ? 0 : 1);
      test.relative.push_back(rejected ? 0 : 1);
      continue;
    }
    const double margin = slower ? log_fail(margins[c]) : -log_improve(margins[c]);
    const Estimate absolute = slower ? effects.cases[c].absolute : mirrored(effects.cases[c].absolute);
    const Estimate relative = slower ? effects.cases[c].relative : mirrored(effects.cases[c].relative);
    const double p_absolute = p_above(absolute, margin);
    test.absolute.push_back(p_absolute);
    // Where the bulk moved the other way, a case that did not change lags behind it: then the change itself
    // must tell.
    const Estimate smaller{std::min(relative.value, absolute.value), relative.variance, relative.df};
    test.relative.push_back(effects.bulk_unchanged && p_absolute <= level ? p_above(smaller, margin) : 1);
  }
  test.absolute_adjusted = holm_adjust(test.absolute);
  test.relative_adjusted = holm_adjust(test.relative);
  return test;
}

}  // namespace

double log_fail(const Margins& margins) {
  return std::log1p(margins.fail_above);
}
double log_improve(const Margins& margins) {
  return std::log1p(-margins.improve_above);
}
double log_same(const Margins& margins) {
  return std::log1p(margins.same_within);
}

void check_margins(const Margins& margins) {
  if (!(margins.fail_above >= 0 && margins.improve_above >= 0 && margins.improve_above < 1 &&
        margins.same_within > 0))
    throw std::invalid_argument(
        "margins: fail_above >= 0, 0 <= improve_above < 1 and same_within > 0 are needed");
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
    effects.cases.push_back(
        {absolute, {one.change, own.variance * one.leverage, own.df}, one.change + one.excluded_change});
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
  // Without units to tell g from, only an assumed deviation stands in for it, and that is known.
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
  effects.bulk_unchanged = static_cast<double>(near) >= kBulkShare * static_cast<double>(changes.size());
  return effects;
}

std::vector<Verdict> judge(const Effects& effects, std::span<const Margins> margins,
                           std::span<const Standing> standing, const Levels& levels) {
  const DirectionTest slower = test_direction(effects, margins, standing, true, levels.change);
  const DirectionTest faster = test_direction(effects, margins, standing, false, levels.change);
  const double level = levels.change * effects.test_share;
  std::vector<Verdict> verdicts(effects.cases.size());
  for (std::size_t c = 0; c < verdicts.size(); ++c) {
    Verdict& verdict = verdicts[c];
    const auto both = [&](double a, double b) { return std::min(1.0, std::min(a, b) / effects.test_share); };
    verdict.p = both(slower.absolute[c], slower.relative[c]);
    verdict.p_adjusted = both(slower.absolute_adjusted[c], slower.relative_adjusted[c]);
    const auto rejected = [&](const DirectionTest& test) {
      verdict.by_relative = test.absolute_adjusted[c] > level;
      return std::min(test.absolute_adjusted[c], test.relative_adjusted[c]) <= level;
    };
    const double same = log_same(margins[c]);
    if (rejected(slower)) {
      verdict.decided = Decided::regression;
    } else if (rejected(faster)) {
      verdict.decided = Decided::improvement;
    } else if (p_inside(effects.cases[c].absolute, same) < levels.unchanged &&
               (!effects.bulk_unchanged || p_inside(effects.cases[c].relative, same) < levels.unchanged)) {
      verdict.decided = Decided::unchanged;
    }
    if (contradicted(verdict.decided, effects.cases[c].with_excluded, log_improve(margins[c]), same))
      verdict.without_excluded = std::exchange(verdict.decided, Decided::inconclusive);
  }
  return verdicts;
}

SharedChange judge_shared(const Effects& effects, std::span<const Margins> margins, const Levels& levels) {
  std::vector<double> fail, improve, same;
  for (const Margins& one : margins) {
    fail.push_back(log_fail(one));
    improve.push_back(log_improve(one));
    same.push_back(log_same(one));
  }
  SharedChange change;
  const Estimate& shared = effects.shared;
  change.log_ratio = shared.value;
  change.p = p_above(shared, median(fail));
  const double half = student_quantile(0.975, shared.df) * std::sqrt(shared.variance);
  change.log_ci_low = shared.value - half;
  change.log_ci_high = shared.value + half;
  if (change.p <= levels.change) {
    change.decided = Decided::regression;
  } else if (p_above(mirrored(shared), -median(improve)) <= levels.change) {
    change.decided = Decided::improvement;
  } else if (p_inside(shared, median(same)) < levels.unchanged) {
    change.decided = Decided::unchanged;
  }
  if (contradicted(change.decided, effects.shared_with_excluded, median(improve), median(same)))
    change.decided = Decided::inconclusive;
  return change;
}

}  // namespace warpgauge
