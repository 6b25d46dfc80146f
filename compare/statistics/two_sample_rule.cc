#include "compare/statistics/two_sample_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/quantile.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/outliers.h"
#include "compare/statistics/scatter.h"
#include "compare/statistics/separation.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kPlannedPower = 0.8416;  // quantile of the normal distribution at power .8

// Units that hold a case and are not excluded. In the fit, the first of them is unit `first`.
int count_present(std::span<const double> numbers, std::size_t first = 0,
                  std::span<const Outlier> excluded = {}) {
  int count = 0;
  for (std::size_t u = 0; u < numbers.size(); ++u)
    count += std::isfinite(numbers[u]) && !is_excluded(excluded, first + u);
  return count;
}

// Units per side that a case is judged by.
struct UsedUnits {
  int base = 0, head = 0;
  int fewer() const { return std::min(base, head); }
};

// Units that each side has.
struct SideSizes {
  std::size_t base = 0, head = 0;
};

void check(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  if (!(options.alpha > 0 && options.alpha < 1))
    throw std::invalid_argument("alpha: a level between 0 and 1 is needed");
  if (!(options.assumed_deviation > 0))
    throw std::invalid_argument("assumed deviation: a number above 0 is needed");
  for (const TwoSampleCase& one : cases) {
    check_margins(one.margins);
    if (one.base.size() != cases[0].base.size() || one.head.size() != cases[0].head.size())
      throw std::invalid_argument("every case needs one entry per unit, NaN if the unit lacks the case");
    if (count_present(one.base) == 0 || count_present(one.head) == 0)
      throw std::invalid_argument("every case needs at least one number per side");
  }
}

// Units per side that the case with most of them has. A suite of several executables has more units, but each
// of them holds the cases of one executable only.
std::size_t units_of_a_case(std::span<const TwoSampleCase> cases) {
  int most = 0;
  for (const TwoSampleCase& one : cases)
    most = std::max(most, std::min(count_present(one.base), count_present(one.head)));
  return static_cast<std::size_t>(most);
}

TwoWayData two_way_data(std::span<const TwoSampleCase> cases) {
  TwoWayData data;
  data.cases = cases.size();
  for (const bool head : {false, true}) {
    const std::size_t units = head ? cases[0].head.size() : cases[0].base.size();
    for (std::size_t u = 0; u < units; ++u) {
      data.head.push_back(head);
      for (const TwoSampleCase& one : cases) data.values.push_back(head ? one.head[u] : one.base[u]);
    }
  }
  return data;
}

VariancePrior spread_prior(std::span<const TwoSampleCase> cases) {
  std::vector<double> variances, dfs;
  for (const TwoSampleCase& one : cases) {
    if (!(one.spread.df > 0)) continue;
    variances.push_back(one.spread.variance);
    dfs.push_back(one.spread.df);
  }
  return fit_variance_prior(variances, dfs);
}

// The smallest variance that a unit of the case may have.
ModeratedVariance variance_floor(const TwoSampleCase& one, const VariancePrior& prior, bool assumed,
                                 double assumed_deviation) {
  constexpr double kKnown = std::numeric_limits<double>::infinity();
  ModeratedVariance shown;
  if (one.spread.df > 0) shown = moderate(one.spread.variance, one.spread.df, prior);
  if (!assumed) shown.variance /= one.spread.processes;
  const double known = assumed ? assumed_deviation * assumed_deviation : 0;
  if (shown.variance > known + one.stated.variance) return shown;
  return {known + one.stated.variance, satterthwaite(known, kKnown, one.stated.variance, one.stated.df)};
}

// Variance of a change per variance of a unit, with `extra` more units. More processes are measured on both
// sides. Rounds are added on one side only: to the baseline by `bless`, or to head.
std::function<double(int)> leverage_of(const UsedUnits& used, Unit unit) {
  return [used, unit](int extra) {
    const auto with = [&](int base, int head) { return 1.0 / (used.base + base) + 1.0 / (used.head + head); };
    return unit == Unit::process ? with(extra, extra) : std::min(with(extra, 0), with(0, extra));
  };
}

ExcludedPlaces places_of(std::span<const Outlier> excluded, std::size_t base_units) {
  ExcludedPlaces places;
  for (const Outlier& one : excluded) {
    if (one.unit < base_units)
      places.base.push_back(one.unit);
    else
      places.head.push_back(one.unit - base_units);
  }
  return places;
}

// Cases whose noise is assumed, or measured.
struct CaseGroup {
  Expected expected = Expected::measured;
  std::vector<std::size_t> cases;
};

// If both sides have three units or more, the units show the noise of each case. If not, the scatter over the
// cases is all that shows how noisy these units were.
std::optional<ScatterUsed> widen_by_scatter(Effects& effects, const CaseGroup& group, double level) {
  std::vector<double> changes, dfs;
  for (const std::size_t c : group.cases) {
    const Estimate& change = effects.cases[c].absolute;
    if (!(change.variance > 0) || !(change.df > 0)) continue;
    changes.push_back(change.value / std::sqrt(change.variance));
    dfs.push_back(change.df);
  }
  if (changes.size() < kBulkCases) return std::nullopt;
  const CaseScatter scatter = scatter_over_cases(changes, group.expected, median(dfs), level);
  if (scatter.factor == 1) return std::nullopt;
  for (const std::size_t c : group.cases) {
    for (Estimate* change : {&effects.cases[c].absolute, &effects.cases[c].relative}) {
      change->variance *= scatter.factor * scatter.factor;
      change->df = std::min(change->df, scatter.df);
    }
  }
  return ScatterUsed{scatter.factor, scatter.tails, changes.size()};
}

// The MDE of the median case with kPlannedUnits per side, if the bulk of the changes is noise.
double mde_with_more(std::span<const TwoSampleCase> cases, const TwoWayFit& fit, double level) {
  std::vector<double> changes, fail;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    if (fit.cases[c].units == 0) continue;
    changes.push_back(fit.cases[c].change / std::sqrt(fit.cases[c].leverage));
    fail.push_back(log_fail(cases[c].margins));
  }
  if (changes.size() < kBulkCases) return 0;
  // Degrees of freedom of one case, doubled by those of the prior.
  constexpr double kDf = 2 * (2 * kPlannedUnits - 2);
  const double deviation = bulk_deviation(changes) * std::sqrt(2.0 / kPlannedUnits);
  return std::expm1(median(fail) + deviation * (student_upper_quantile(level, kDf) + kPlannedPower));
}

void test_separation(std::span<const TwoSampleCase> cases, Effects& effects) {
  effects.has_separation = true;
  // Whether the relative test applies follows from the bulk of the cases, not from one of them.
  effects.test_share = std::ranges::any_of(effects.cases, &Effect::relative_applies) ? 1.0 / 3 : 0.5;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const TwoSampleCase& one = cases[c];
    effects.cases[c].p_separated_slower = separation_p(one.base, one.head, log_fail(one.margins));
    effects.cases[c].p_separated_faster = separation_p(one.head, one.base, -log_improve(one.margins));
  }
}

// What the rule knows of the cases before it tests them, [case].
struct Prepared {
  std::vector<Margins> margins;
  std::vector<UsedUnits> used;
  std::vector<ModeratedVariance> floors;
  std::vector<Standing> standing;
  std::vector<char> assumed;
  CaseGroup by_assumption{Expected::assumed, {}}, by_units{Expected::measured, {}};
};

Prepared prepare(std::span<const TwoSampleCase> cases, const TwoWayFit& fit, double assumed_deviation,
                 Unit unit) {
  const VariancePrior spreads = spread_prior(cases);
  Prepared of;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const TwoSampleCase& one = cases[c];
    const std::vector<Outlier> excluded = excluded_for_case(fit.excluded, fit.cases[c].excluded);
    const UsedUnits units{count_present(one.base, 0, excluded),
                          count_present(one.head, one.base.size(), excluded)};
    const int judged_by = unit == Unit::round ? units.base : units.fewer();
    const bool assumed = units.fewer() > 0 && judged_by < kFewestMeasuredUnits;
    of.margins.push_back(one.margins);
    of.used.push_back(units);
    of.standing.push_back(units.fewer() > 0 ? Standing::open : Standing::closed);
    of.assumed.push_back(assumed);
    of.floors.push_back(variance_floor(one, spreads, assumed, assumed_deviation));
    if (units.fewer() > 0) (assumed ? of.by_assumption : of.by_units).cases.push_back(c);
  }
  return of;
}

std::optional<ScatterUsed> widen_all(Effects& effects, const Prepared& of, bool few_units, double level) {
  const auto assumed = widen_by_scatter(effects, of.by_assumption, level);
  const auto measured = few_units ? widen_by_scatter(effects, of.by_units, level) : std::nullopt;
  return assumed ? assumed : measured;
}

Decision decide_case(std::size_t c, const TwoWayFit& fit, const Prepared& of, const Effects& effects,
                     const Verdict& verdict, const PlannedLevels& levels, Unit unit, const SideSizes& sizes) {
  if (of.used[c].fewer() == 0) return no_decision(AllExcluded{});
  Decision decision =
      decision_of({.effect = effects.cases[c],
                   .verdict = verdict,
                   .margins = of.margins[c],
                   .bulk_unchanged = effects.cases[c].relative_applies,
                   .units = of.used[c].fewer(),
                   .deviation_assumed = of.assumed[c] != 0,
                   .levels = levels,
                   .against_head = against_head(group_excluded(
                       excluded_for_case(fit.excluded, fit.cases[c].excluded), sizes.base, sizes.head))},
                  leverage_of(of.used[c], unit));
  decision.own_excluded = group_excluded(fit.cases[c].excluded, sizes.base, sizes.head);
  decision.own_places = places_of(fit.cases[c].excluded, sizes.base);
  return decision;
}

// Head's regression, if it is a slower speed that the case had before.
std::optional<TwoSpeeds> two_speeds(const TwoSampleCase& one, const Estimate& change, double leverage,
                                    double level) {
  if (one.history.empty() || !(change.df > 0)) return std::nullopt;
  std::vector<double> base = one.base, head = one.head;
  for (auto* side : {&base, &head}) std::erase_if(*side, [](double x) { return !std::isfinite(x); });
  const double centre = round_number(base);
  const double near = log_same(one.margins) +
                      student_upper_quantile(level, change.df) * std::sqrt(2 * change.variance / leverage);
  const auto speed = known_speed(one.history, head, centre, near);
  if (!speed) return std::nullopt;
  return TwoSpeeds{centre, speed->value, speed->rounds};
}

// One metric between the fit and the verdicts.
struct FittedMetric {
  const TwoSampleMetric* metric = nullptr;
  SideSizes sizes;
  std::size_t units = 0;  // per side, of the case with most
  TwoWayFit fit;
  Prepared of;
  Effects effects;
  std::optional<ScatterUsed> scatter;
};

FittedMetric fitted(const TwoSampleMetric& metric, const TwoSampleOptions& options, Unit unit) {
  const std::vector<TwoSampleCase>& cases = metric.cases;
  check(cases, options);
  FittedMetric one;
  one.metric = &metric;
  if (cases.empty()) return one;
  one.sizes = {cases[0].base.size(), cases[0].head.size()};
  // The spread of stored rounds must stay as it is: a case may have two speeds.
  one.fit = fit_two_way(two_way_data(cases), {}, unit == Unit::process);
  one.of = prepare(cases, one.fit, options.assumed_deviation, unit);
  one.effects = estimate_effects(one.fit, variance_prior(one.fit), one.of.margins, one.of.floors);
  one.units = units_of_a_case(cases);
  if (unit == Unit::process && one.units >= kFewestSeparated) test_separation(cases, one.effects);
  return one;
}

// All tests of a run. Cases that need no test are not in it.
struct Family {
  Effects effects;
  std::vector<Limits> limits;
  std::vector<Standing> standing;

  void add(const Effect& effect, const Limits& of_case, Standing stands) {
    effects.cases.push_back(effect);
    limits.push_back(of_case);
    standing.push_back(stands);
  }
};

Family family_of(std::span<const FittedMetric> metrics, Unit unit) {
  std::vector<Effects> effects;
  for (const FittedMetric& one : metrics) effects.push_back(one.effects);
  Family family;
  family.effects = one_family(effects);
  for (const FittedMetric& one : metrics) {
    for (const Margins& margins : one.of.margins) family.limits.push_back(log_limits(margins));
    family.standing.insert(family.standing.end(), one.of.standing.begin(), one.of.standing.end());
  }
  for (const FittedMetric& one : metrics) {
    for (const DifferenceCase& difference : one.metric->differences) {
      if (decide_zeros(difference)) continue;
      const Effect effect = unpaired_difference(difference, unit);
      family.add(effect, difference.limits, effect.present ? Standing::open : Standing::closed);
    }
  }
  return family;
}

// `verdicts`: of the metric's cases. `levels`: of one case.
MetricOutcome outcome_of(const FittedMetric& metric, std::span<const Verdict> verdicts,
                         const PlannedLevels& levels, double alpha, Unit unit) {
  const std::vector<TwoSampleCase>& cases = metric.metric->cases;
  const Prepared& of = metric.of;
  MetricOutcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (cases.empty()) return outcome;
  outcome.scatter = metric.scatter;
  outcome.assumed = !of.by_assumption.cases.empty();
  if (outcome.assumed) outcome.mde_with_more = mde_with_more(cases, metric.fit, levels.single);
  outcome.excluded = group_excluded(metric.fit.excluded, metric.sizes.base, metric.sizes.head);
  outcome.excluded_places = places_of(metric.fit.excluded, metric.sizes.base);
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(
        decide_case(c, metric.fit, of, metric.effects, verdicts[c], levels, unit, metric.sizes));
    Decision& decision = outcome.decisions.back();
    detectable.push_back(decision.mde);
    if (decision.decided != Decided::regression) continue;
    if (const auto speeds = two_speeds(cases[c], metric.effects.cases[c].absolute,
                                       leverage_of(of.used[c], unit)(0), levels.single)) {
      decision.decided = Decided::inconclusive;
      decision.why = NotProved{of.assumed[c] != 0, speeds};
    }
  }
  outcome.mde = median(detectable);
  if (metric.effects.has_relative)
    outcome.shared = judge_shared(metric.effects, of.margins, {alpha, kUnchangedLevel});
  return outcome;
}

// `tested`: the verdicts of the cases that need a test, in order; those of this metric are taken.
void decide_differences(const FittedMetric& metric, Unit unit, std::span<const Verdict>& tested,
                        MetricOutcome& outcome) {
  for (const DifferenceCase& one : metric.metric->differences) {
    if (const auto zeros = decide_zeros(one)) {
      outcome.differences.push_back(*zeros);
      continue;
    }
    outcome.differences.push_back(
        difference_decision(unpaired_difference(one, unit), tested.front(), one.limits));
    tested = tested.subspan(1);
  }
}

std::vector<MetricOutcome> decide(std::span<const TwoSampleMetric> metrics, const TwoSampleOptions& options,
                                  Unit unit) {
  std::vector<FittedMetric> all;
  for (const TwoSampleMetric& one : metrics) all.push_back(fitted(one, options, unit));
  Family family = family_of(all, unit);
  const double single = options.alpha * family.effects.test_share /
                        static_cast<double>(std::max<std::size_t>(1, family.limits.size()));
  std::size_t first = 0;
  for (FittedMetric& one : all) {
    one.scatter =
        widen_all(one.effects, one.of, one.units < static_cast<std::size_t>(kFewestMeasuredUnits), single);
    std::ranges::copy(one.effects.cases, family.effects.cases.begin() + static_cast<std::ptrdiff_t>(first));
    first += one.effects.cases.size();
  }
  const std::vector<Verdict> verdicts =
      judge(family.effects, family.limits, family.standing, {options.alpha, kUnchangedLevel});
  std::vector<MetricOutcome> outcomes;
  std::span<const Verdict> rest(verdicts), differences = rest.subspan(first);
  for (const FittedMetric& one : all) {
    outcomes.push_back(outcome_of(one, rest, {single, options.alpha, kUnchangedLevel}, options.alpha, unit));
    rest = rest.subspan(one.effects.cases.size());
    decide_differences(one, unit, differences, outcomes.back());
  }
  return outcomes;
}

Outcome decide_one(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options, Unit unit) {
  const TwoSampleMetric metric{{cases.begin(), cases.end()}, {}};
  return decide(std::span(&metric, 1), options, unit).front();
}

}  // namespace

Outcome decide_unpaired(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide_one(cases, options, Unit::process);
}

Outcome decide_against_baseline(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide_one(cases, options, Unit::round);
}

std::vector<MetricOutcome> decide_unpaired(std::span<const TwoSampleMetric> metrics,
                                           const TwoSampleOptions& options) {
  return decide(metrics, options, Unit::process);
}

std::vector<MetricOutcome> decide_against_baseline(std::span<const TwoSampleMetric> metrics,
                                                   const TwoSampleOptions& options) {
  return decide(metrics, options, Unit::round);
}

}  // namespace warpgauge
