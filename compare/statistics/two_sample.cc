#include "compare/statistics/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/quantile.h"
#include "compare/statistics/evidence.h"
#include "compare/statistics/excluded.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

// Units that hold a case; for the fit the first of them is unit `first`, and some may be left out.
int present(std::span<const double> numbers, std::size_t first = 0, std::span<const Outlier> excluded = {}) {
  int count = 0;
  for (std::size_t u = 0; u < numbers.size(); ++u)
    count +=
        std::isfinite(numbers[u]) && !std::ranges::binary_search(excluded, first + u, {}, &Outlier::unit);
  return count;
}

// Units of either side that a case is judged by.
struct UsedUnits {
  int base = 0, head = 0;
  int fewer() const { return std::min(base, head); }
};

void check(std::span<const TwoSampleCase> cases, const TwoSampleDesign& design) {
  if (!(design.alpha > 0 && design.alpha < 1))
    throw std::invalid_argument("alpha: a level between 0 and 1 is needed");
  if (!(design.assumed_deviation > 0))
    throw std::invalid_argument("assumed deviation: more than 0 is needed");
  for (const TwoSampleCase& one : cases) {
    check_margins(one.margins);
    if (one.base.size() != cases[0].base.size() || one.head.size() != cases[0].head.size())
      throw std::invalid_argument("every case needs an entry for every unit, NaN if it lacks the case");
    if (present(one.base) == 0 || present(one.head) == 0)
      throw std::invalid_argument("every case needs at least one number of either side");
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

// Variance of a change per variance of a unit, with `extra` more units.
std::function<double(int)> leverage_of(const UsedUnits& used, bool sides_grow_together) {
  return [used, sides_grow_together](int extra) {
    const auto with = [&](int base, int head) { return 1.0 / (used.base + base) + 1.0 / (used.head + head); };
    return sides_grow_together ? with(extra, extra) : std::min(with(extra, 0), with(0, extra));
  };
}

}  // namespace

Outcome decide_two_samples(std::span<const TwoSampleCase> cases, const TwoSampleDesign& design) {
  check(cases, design);
  Outcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (cases.empty()) return outcome;
  const TwoWayFit fit = fit_two_way(two_way_data(cases));
  const std::size_t base_units = cases[0].base.size();
  std::vector<Margins> margins;
  std::vector<UsedUnits> used;
  std::vector<ModeratedVariance> floors;
  std::vector<Standing> standing;
  std::vector<char> assumed;
  for (const TwoSampleCase& one : cases) {
    margins.push_back(one.margins);
    used.push_back({present(one.base, 0, fit.excluded), present(one.head, base_units, fit.excluded)});
    const bool there = used.back().fewer() > 0;
    standing.push_back(there ? Standing::open : Standing::closed);
    assumed.push_back(there && design.assumes(used.back().base, used.back().head));
    outcome.assumed |= assumed.back() != 0;
    const ModeratedVariance floor{assumed.back() ? design.assumed_deviation * design.assumed_deviation : 0,
                                  std::numeric_limits<double>::infinity()};
    ModeratedVariance shown = one.shown;
    if (!assumed.back()) shown.variance /= one.parts;
    floors.push_back(shown.variance > floor.variance ? shown : floor);
  }
  const Effects effects = estimate_effects(fit, variance_prior(fit), margins, floors);
  const std::vector<Verdict> verdicts = judge(effects, margins, standing, {design.alpha, kUnchangedLevel});
  const PlannedLevels levels{design.alpha * effects.test_share / static_cast<double>(cases.size()),
                             design.alpha, kUnchangedLevel};
  outcome.excluded = group_excluded(fit.excluded, base_units, cases[0].head.size());
  const std::vector<ExcludedUnits> against = against_head(outcome.excluded);
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(used[c].fewer() == 0
                                    ? no_decision(AllExcluded{})
                                    : decision_of({.effect = effects.cases[c],
                                                   .verdict = verdicts[c],
                                                   .margins = margins[c],
                                                   .bulk_unchanged = effects.bulk_unchanged,
                                                   .units = used[c].fewer(),
                                                   .deviation_assumed = assumed[c] != 0,
                                                   .levels = levels,
                                                   .against_head = against},
                                                  leverage_of(used[c], design.sides_grow_together)));
    detectable.push_back(outcome.decisions.back().mde);
  }
  outcome.mde = median(detectable);
  if (effects.has_relative) outcome.shared = judge_shared(effects, margins, {design.alpha, kUnchangedLevel});
  for (const Outlier& one : fit.excluded) {
    if (one.unit < base_units)
      outcome.excluded_places.base.push_back(one.unit);
    else
      outcome.excluded_places.head.push_back(one.unit - base_units);
  }
  return outcome;
}

}  // namespace warpgauge
