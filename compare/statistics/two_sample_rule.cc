#include "compare/statistics/two_sample_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/quantile.h"
#include "compare/statistics/difference_rule.h"
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

// The cases of a metric that are judged by logs.
using LogCases = std::vector<const TwoSampleCase*>;

LogCases log_cases(const MetricCases& cases) {
  LogCases chosen;
  for (const TwoSampleCase& one : cases)
    if (one.scale == NumberScale::log) chosen.push_back(&one);
  return chosen;
}

void check(const LogCases& cases, const TwoSampleOptions& options) {
  if (!(options.alpha > 0 && options.alpha < 1))
    throw std::invalid_argument("alpha: a level between 0 and 1 is needed");
  if (!(options.assumed_deviation > 0))
    throw std::invalid_argument("assumed deviation: a number above 0 is needed");
  for (const TwoSampleCase* one : cases) {
    check_margins(one->margins);
    if (one->base.size() != cases[0]->base.size() || one->head.size() != cases[0]->head.size())
      throw std::invalid_argument("every case needs one entry per unit, NaN if the unit lacks the case");
    if (count_present(one->base) == 0 || count_present(one->head) == 0)
      throw std::invalid_argument("every case needs at least one number per side");
  }
}

// Units per side that the case with most of them has. A suite of several executables has more units, but each
// of them holds the cases of one executable only.
std::size_t units_of_a_case(const LogCases& cases) {
  int most = 0;
  for (const TwoSampleCase* one : cases)
    most = std::max(most, std::min(count_present(one->base), count_present(one->head)));
  return static_cast<std::size_t>(most);
}

TwoWayData two_way_data(const LogCases& cases) {
  TwoWayData data;
  data.cases = cases.size();
  for (const bool head : {false, true}) {
    const std::size_t units = head ? cases[0]->head.size() : cases[0]->base.size();
    for (std::size_t u = 0; u < units; ++u) {
      data.head.push_back(head);
      for (const TwoSampleCase* one : cases) data.values.push_back(head ? one->head[u] : one->base[u]);
    }
  }
  return data;
}

VariancePrior spread_prior(const LogCases& cases) {
  std::vector<double> variances, dfs;
  for (const TwoSampleCase* one : cases) {
    if (!(one->spread.df > 0)) continue;
    variances.push_back(one->spread.variance);
    dfs.push_back(one->spread.df);
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

// One metric between the fit and the verdicts.
struct FittedMetric {
  LogCases cases;
  SideSizes sizes;
  std::size_t units = 0;  // per side, of the case with most
  TwoWayFit fit;
  std::vector<UsedUnits> used;  // [case]
  CaseGroup by_assumption{Expected::assumed, {}}, by_units{Expected::measured, {}};
  Effects effects;
  std::optional<ScatterUsed> scatter;
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
double mde_with_more(const FittedMetric& metric, double level) {
  std::vector<double> changes, fail;
  for (std::size_t c = 0; c < metric.cases.size(); ++c) {
    const CaseFit& one = metric.fit.cases[c];
    if (one.units == 0) continue;
    changes.push_back(one.change / std::sqrt(one.leverage));
    fail.push_back(log_fail(metric.cases[c]->margins));
  }
  if (changes.size() < kBulkCases) return 0;
  // Degrees of freedom of one case, doubled by those of the prior.
  constexpr double kDf = 2 * (2 * kPlannedUnits - 2);
  const double deviation = bulk_deviation(changes) * std::sqrt(2.0 / kPlannedUnits);
  return std::expm1(median(fail) + deviation * (student_upper_quantile(level, kDf) + kPlannedPower));
}

void test_separation(const LogCases& cases, Effects& effects) {
  effects.has_separation = true;
  // Whether the relative test applies follows from the bulk of the cases, not from one of them.
  effects.test_share = std::ranges::any_of(effects.cases, &Effect::relative_applies) ? 1.0 / 3 : 0.5;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const TwoSampleCase& one = *cases[c];
    effects.cases[c].p_separated_slower = separation_p(one.base, one.head, log_fail(one.margins));
    effects.cases[c].p_separated_faster = separation_p(one.head, one.base, -log_improve(one.margins));
  }
}

void estimate(const TwoSampleOptions& options, Unit unit, FittedMetric& metric) {
  const VariancePrior spreads = spread_prior(metric.cases);
  std::vector<Margins> margins;
  std::vector<ModeratedVariance> floors;
  std::vector<char> assumed;
  for (std::size_t c = 0; c < metric.cases.size(); ++c) {
    const TwoSampleCase& one = *metric.cases[c];
    const auto excluded = excluded_for_case(metric.fit.excluded, metric.fit.cases[c].excluded);
    const UsedUnits units{count_present(one.base, 0, excluded),
                          count_present(one.head, one.base.size(), excluded)};
    const int judged_by = unit == Unit::round ? units.base : units.fewer();
    assumed.push_back(units.fewer() > 0 && judged_by < kFewestMeasuredUnits);
    margins.push_back(one.margins);
    metric.used.push_back(units);
    floors.push_back(variance_floor(one, spreads, assumed[c] != 0, options.assumed_deviation));
    if (units.fewer() > 0) (assumed[c] ? metric.by_assumption : metric.by_units).cases.push_back(c);
  }
  metric.effects = estimate_effects(metric.fit, variance_prior(metric.fit), margins, floors);
  for (std::size_t c = 0; c < metric.cases.size(); ++c) {
    Effect& effect = metric.effects.cases[c];
    effect.deviation_assumed = assumed[c] != 0;
    effect.against_head =
        against_head(group_excluded(excluded_for_case(metric.fit.excluded, metric.fit.cases[c].excluded),
                                    metric.sizes.base, metric.sizes.head));
  }
}

FittedMetric fitted(const MetricCases& cases, const TwoSampleOptions& options, Unit unit) {
  FittedMetric one;
  one.cases = log_cases(cases);
  check(one.cases, options);
  if (one.cases.empty()) return one;
  one.sizes = {one.cases[0]->base.size(), one.cases[0]->head.size()};
  // The spread of stored rounds must stay as it is: a case may have two speeds.
  one.fit = fit_two_way(two_way_data(one.cases), {}, unit == Unit::process);
  estimate(options, unit, one);
  one.units = units_of_a_case(one.cases);
  if (unit == Unit::process && one.units >= kFewestSeparated) test_separation(one.cases, one.effects);
  return one;
}

std::optional<ScatterUsed> widen_all(FittedMetric& metric, double level) {
  const bool few_units = metric.units < static_cast<std::size_t>(kFewestMeasuredUnits);
  const auto assumed = widen_by_scatter(metric.effects, metric.by_assumption, level);
  const auto measured = few_units ? widen_by_scatter(metric.effects, metric.by_units, level) : std::nullopt;
  return assumed ? assumed : measured;
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

Decision decide_case(const FittedMetric& metric, std::size_t c, const Verdict& verdict,
                     const PlannedLevels& levels, Unit unit) {
  if (metric.used[c].fewer() == 0) return no_decision(AllExcluded{});
  const Effect& effect = metric.effects.cases[c];
  const auto leverage = leverage_of(metric.used[c], unit);
  Decision decision = decision_of(effect, verdict, levels, leverage);
  decision.own_excluded = group_excluded(metric.fit.cases[c].excluded, metric.sizes.base, metric.sizes.head);
  decision.own_places = places_of(metric.fit.cases[c].excluded, metric.sizes.base);
  if (decision.decided != Decided::regression) return decision;
  if (const auto speeds = two_speeds(*metric.cases[c], effect.absolute, leverage(0), levels.single)) {
    decision.decided = Decided::inconclusive;
    decision.why = NotProved{effect.deviation_assumed, speeds};
  }
  return decision;
}

// Of the cases that are judged by logs. `verdicts`: of these cases. `levels`: of one case.
Outcome outcome_of(const FittedMetric& metric, std::span<const Verdict> verdicts, const PlannedLevels& levels,
                   double alpha, Unit unit) {
  Outcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (metric.cases.empty()) return outcome;
  outcome.scatter = metric.scatter;
  outcome.assumed = !metric.by_assumption.cases.empty();
  if (outcome.assumed) outcome.mde_with_more = mde_with_more(metric, levels.single);
  outcome.excluded = group_excluded(metric.fit.excluded, metric.sizes.base, metric.sizes.head);
  outcome.excluded_places = places_of(metric.fit.excluded, metric.sizes.base);
  std::vector<double> detectable;
  for (std::size_t c = 0; c < metric.cases.size(); ++c) {
    outcome.decisions.push_back(decide_case(metric, c, verdicts[c], levels, unit));
    detectable.push_back(outcome.decisions.back().mde);
  }
  outcome.mde = median(detectable);
  if (metric.effects.has_relative) outcome.shared = judge_shared(metric.effects, {alpha, kUnchangedLevel});
  return outcome;
}

// The differences that need a test, of all metrics.
std::vector<Effect> tested_differences(std::span<const MetricCases> metrics, Unit unit) {
  std::vector<Effect> effects;
  for (const MetricCases& cases : metrics)
    for (const TwoSampleCase& one : cases)
      if (one.scale == NumberScale::difference && !decide_zeros(one.base, one.head, one.limits))
        effects.push_back(unpaired_difference(one.base, one.head, one.limits, unit));
  return effects;
}

// Inserts the decisions about the differences of a metric. `tested`: of the differences that need a test;
// those of this metric are taken from the front.
void add_differences(const MetricCases& cases, std::span<const Effect>& tested,
                     std::span<const Verdict>& verdicts, std::vector<Decision>& decisions) {
  std::vector<Decision> all;
  auto by_log = decisions.begin();
  for (const TwoSampleCase& one : cases) {
    if (one.scale == NumberScale::log) {
      all.push_back(std::move(*by_log++));
    } else if (const auto zeros = decide_zeros(one.base, one.head, one.limits)) {
      all.push_back(*zeros);
    } else {
      all.push_back(difference_decision(tested.front(), verdicts.front()));
      tested = tested.subspan(1);
      verdicts = verdicts.subspan(1);
    }
  }
  decisions = std::move(all);
}

Effects family_of(std::span<const FittedMetric> metrics, std::span<const Effect> differences) {
  std::vector<Effects> effects;
  for (const FittedMetric& one : metrics) effects.push_back(one.effects);
  Effects family = one_family(effects);
  family.cases.insert(family.cases.end(), differences.begin(), differences.end());
  return family;
}

std::vector<Outcome> decide(std::span<const MetricCases> metrics, const TwoSampleOptions& options,
                            Unit unit) {
  std::vector<FittedMetric> all;
  for (const MetricCases& one : metrics) all.push_back(fitted(one, options, unit));
  const std::vector<Effect> differences = tested_differences(metrics, unit);
  Effects family = family_of(all, differences);
  const double single =
      options.alpha * family.test_share / static_cast<double>(std::max<std::size_t>(1, family.cases.size()));
  auto widened = family.cases.begin();
  for (FittedMetric& one : all) {
    one.scatter = widen_all(one, single);
    widened = std::ranges::copy(one.effects.cases, widened).out;
  }
  const std::vector<Verdict> verdicts = judge(family, {options.alpha, kUnchangedLevel});
  std::vector<Outcome> outcomes;
  std::span<const Verdict> by_log(verdicts), by_difference = by_log.last(differences.size());
  std::span<const Effect> tested(differences);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    outcomes.push_back(
        outcome_of(all[m], by_log, {single, options.alpha, kUnchangedLevel}, options.alpha, unit));
    by_log = by_log.subspan(all[m].cases.size());
    add_differences(metrics[m], tested, by_difference, outcomes.back().decisions);
  }
  return outcomes;
}

Outcome decide_one(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options, Unit unit) {
  const MetricCases metric(cases.begin(), cases.end());
  return decide(std::span(&metric, 1), options, unit).front();
}

}  // namespace

Outcome decide_unpaired(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide_one(cases, options, Unit::process);
}

Outcome decide_against_baseline(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide_one(cases, options, Unit::round);
}

std::vector<Outcome> decide_unpaired(std::span<const MetricCases> metrics, const TwoSampleOptions& options) {
  return decide(metrics, options, Unit::process);
}

std::vector<Outcome> decide_against_baseline(std::span<const MetricCases> metrics,
                                             const TwoSampleOptions& options) {
  return decide(metrics, options, Unit::round);
}

}  // namespace warpgauge
