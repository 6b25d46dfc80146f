#include "compare/statistics/two_sample_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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
int present(std::span<const double> numbers, std::size_t first = 0, std::span<const Outlier> excluded = {}) {
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
  std::size_t fewer() const { return std::min(base, head); }
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
    if (present(one.base) == 0 || present(one.head) == 0)
      throw std::invalid_argument("every case needs at least one number per side");
  }
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
  effects.test_share = effects.bulk_unchanged ? 1.0 / 3 : 0.5;
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
    const UsedUnits units{present(one.base, 0, excluded), present(one.head, one.base.size(), excluded)};
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

std::optional<ScatterUsed> widen_all(Effects& effects, const Prepared& of, double level) {
  const auto assumed = widen_by_scatter(effects, of.by_assumption, level);
  const auto measured = widen_by_scatter(effects, of.by_units, level);
  return assumed ? assumed : measured;
}

Decision decide_case(std::size_t c, const TwoWayFit& fit, const Prepared& of, const Effects& effects,
                     const Verdict& verdict, const PlannedLevels& levels, Unit unit, const SideSizes& sizes) {
  if (of.used[c].fewer() == 0) return no_decision(AllExcluded{});
  Decision decision =
      decision_of({.effect = effects.cases[c],
                   .verdict = verdict,
                   .margins = of.margins[c],
                   .bulk_unchanged = effects.bulk_unchanged,
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

Outcome decide(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options, Unit unit) {
  check(cases, options);
  Outcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (cases.empty()) return outcome;
  const SideSizes sizes{cases[0].base.size(), cases[0].head.size()};
  // The spread of stored rounds must stay as it is: a case may have two speeds.
  const TwoWayFit fit = fit_two_way(two_way_data(cases), {}, unit == Unit::process);
  const Prepared of = prepare(cases, fit, options.assumed_deviation, unit);
  Effects effects = estimate_effects(fit, variance_prior(fit), of.margins, of.floors);
  if (unit == Unit::process && sizes.fewer() >= kFewestSeparated) test_separation(cases, effects);
  const double single = options.alpha * effects.test_share / static_cast<double>(cases.size());
  if (sizes.fewer() < static_cast<std::size_t>(kFewestMeasuredUnits))
    outcome.scatter = widen_all(effects, of, single);
  outcome.assumed = !of.by_assumption.cases.empty();
  if (outcome.assumed) outcome.mde_with_more = mde_with_more(cases, fit, single);
  outcome.excluded = group_excluded(fit.excluded, sizes.base, sizes.head);
  outcome.excluded_places = places_of(fit.excluded, sizes.base);
  const Levels levels{options.alpha, kUnchangedLevel};
  const std::vector<Verdict> verdicts = judge(effects, of.margins, of.standing, levels);
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(
        decide_case(c, fit, of, effects, verdicts[c], {single, options.alpha, kUnchangedLevel}, unit, sizes));
    Decision& decision = outcome.decisions.back();
    detectable.push_back(decision.mde);
    if (decision.decided != Decided::regression) continue;
    if (const auto speeds =
            two_speeds(cases[c], effects.cases[c].absolute, leverage_of(of.used[c], unit)(0), single)) {
      decision.decided = Decided::inconclusive;
      decision.why = NotProved{of.assumed[c] != 0, speeds};
    }
  }
  outcome.mde = median(detectable);
  if (effects.has_relative) outcome.shared = judge_shared(effects, of.margins, levels);
  return outcome;
}

}  // namespace

Outcome decide_unpaired(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide(cases, options, Unit::process);
}

Outcome decide_against_baseline(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options) {
  return decide(cases, options, Unit::round);
}

double round_number(std::span<const double> process_numbers) {
  return std::accumulate(process_numbers.begin(), process_numbers.end(), 0.0) /
         static_cast<double>(process_numbers.size());
}

RoundSpread round_spread(std::span<const std::vector<double>> processes) {
  RoundSpread spread;
  double squares = 0, count = 0;
  for (const std::vector<double>& round : processes) {
    if (round.empty()) continue;
    const double mean = round_number(round);
    for (const double number : round) squares += (number - mean) * (number - mean);
    spread.df += static_cast<double>(round.size()) - 1;
    count += static_cast<double>(round.size());
  }
  if (spread.df > 0) spread.variance = squares / spread.df;
  if (!processes.empty()) spread.processes = std::max(1.0, count / static_cast<double>(processes.size()));
  return spread;
}

}  // namespace warpgauge
