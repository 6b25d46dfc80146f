#include "compare/statistics/two_sample_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "base/quantile.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/outliers.h"

namespace warpgauge {
namespace {

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
  ModeratedVariance shown;
  if (one.spread.df > 0) shown = moderate(one.spread.variance, one.spread.df, prior);
  if (!assumed) shown.variance /= one.spread.processes;
  const ModeratedVariance known{assumed ? assumed_deviation * assumed_deviation : 0,
                                std::numeric_limits<double>::infinity()};
  return shown.variance > known.variance ? shown : known;
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

Outcome decide(std::span<const TwoSampleCase> cases, const TwoSampleOptions& options, Unit unit) {
  check(cases, options);
  Outcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (cases.empty()) return outcome;
  const TwoWayFit fit = fit_two_way(two_way_data(cases));
  const std::size_t base_units = cases[0].base.size();
  const VariancePrior spreads = spread_prior(cases);
  std::vector<Margins> margins;
  std::vector<UsedUnits> used;
  std::vector<ModeratedVariance> floors;
  std::vector<Standing> standing;
  std::vector<char> assumed;
  for (const TwoSampleCase& one : cases) {
    margins.push_back(one.margins);
    const UsedUnits units = used.emplace_back(
        UsedUnits{present(one.base, 0, fit.excluded), present(one.head, base_units, fit.excluded)});
    const int judged_by = unit == Unit::round ? units.base : units.fewer();
    standing.push_back(units.fewer() > 0 ? Standing::open : Standing::closed);
    assumed.push_back(units.fewer() > 0 && judged_by < kFewestMeasuredUnits);
    outcome.assumed |= assumed.back() != 0;
    floors.push_back(variance_floor(one, spreads, assumed.back() != 0, options.assumed_deviation));
  }
  const Effects effects = estimate_effects(fit, variance_prior(fit), margins, floors);
  const Levels levels{options.alpha, kUnchangedLevel};
  const std::vector<Verdict> verdicts = judge(effects, margins, standing, levels);
  const PlannedLevels planned{options.alpha * effects.test_share / static_cast<double>(cases.size()),
                              options.alpha, kUnchangedLevel};
  outcome.excluded = group_excluded(fit.excluded, base_units, cases[0].head.size());
  outcome.excluded_places = places_of(fit.excluded, base_units);
  const std::vector<ExcludedUnits> against = against_head(outcome.excluded);
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(used[c].fewer() == 0 ? no_decision(AllExcluded{})
                                                     : decision_of({.effect = effects.cases[c],
                                                                    .verdict = verdicts[c],
                                                                    .margins = margins[c],
                                                                    .bulk_unchanged = effects.bulk_unchanged,
                                                                    .units = used[c].fewer(),
                                                                    .deviation_assumed = assumed[c] != 0,
                                                                    .levels = planned,
                                                                    .against_head = against},
                                                                   leverage_of(used[c], unit)));
    detectable.push_back(outcome.decisions.back().mde);
  }
  outcome.mde = median(detectable);
  if (effects.has_relative) outcome.shared = judge_shared(effects, margins, levels);
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
