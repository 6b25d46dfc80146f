#include "compare/statistics/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "compare/statistics/detectable.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/left_out.h"
#include "compare/statistics/statistic.h"
#include "compare/statistics/student.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

// Units that hold a case; for the fit the first of them is unit `first`, and some may be left out.
int present(std::span<const double> numbers, std::size_t first = 0,
            std::span<const LeftOutUnit> left_out = {}) {
  int count = 0;
  for (std::size_t u = 0; u < numbers.size(); ++u)
    count +=
        std::isfinite(numbers[u]) && !std::ranges::binary_search(left_out, first + u, {}, &LeftOutUnit::unit);
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
      throw std::invalid_argument("every case needs an entry for every " + design.units.one +
                                  ", NaN where it is absent");
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

Decision decide(const TwoSampleCase& one, const UsedUnits& used, const Effect& effect, const Effects& effects,
                const Verdict& verdict, const TwoSampleDesign& design, const PlannedLevels& levels,
                const LeftOutWords& left_out) {
  Decision decision;
  decision.blocks = used.fewer();
  if (decision.blocks == 0) {
    decision.mde = std::numeric_limits<double>::infinity();
    decision.log_ci_low = -decision.mde;
    decision.log_ci_high = decision.mde;
    decision.reason = "not decided: all that one side has of it was left out, far outside the others";
    return decision;
  }
  decision.decided = verdict.decided;
  decision.log_ratio = effect.whole.value;
  // There always are degrees of freedom: where there are few numbers, the assumed deviation is known.
  const double half = student_quantile(0.975, effect.whole.df) * std::sqrt(effect.whole.variance);
  decision.log_ci_low = effect.whole.value - half;
  decision.log_ci_high = effect.whole.value + half;
  decision.p = verdict.p;
  decision.p_adjusted = verdict.p_adjusted;
  decision.mde = smallest_detectable(effect, one.margins, effects.bulk_unchanged, levels);
  decision.withheld = verdict.without_left_out != Decided::inconclusive;
  if (decision.withheld) {
    decision.reason = left_out.reason(verdict.without_left_out, effect);
    return decision;
  }
  if (decision.decided == Decided::inconclusive)
    decision.more_blocks =
        units_to_decide(effect, one.margins, effects.bulk_unchanged, levels, [&](int extra) {
          return 1.0 / (used.base + (design.base_grows ? extra : 0)) + 1.0 / (used.head + extra);
        });
  decision.reason = reason_for(decision, one.margins, effect, verdict.by_rest, design.units);
  return decision;
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
  for (const TwoSampleCase& one : cases) {
    margins.push_back(one.margins);
    used.push_back({present(one.base, 0, fit.left_out), present(one.head, base_units, fit.left_out)});
    const bool there = used.back().fewer() > 0;
    standing.push_back(there ? Standing::open : Standing::closed);
    const bool assumed = there && design.assumes(used.back().base, used.back().head);
    outcome.assumed |= assumed;
    const ModeratedVariance floor{assumed ? design.assumed_deviation * design.assumed_deviation : 0,
                                  std::numeric_limits<double>::infinity()};
    ModeratedVariance shown = one.shown;
    if (!assumed) shown.variance /= one.parts;
    floors.push_back(shown.variance > floor.variance ? shown : floor);
  }
  const Effects effects = estimate_effects(fit, variance_prior(fit), margins, floors);
  const std::vector<Verdict> verdicts = judge(effects, margins, standing, {design.alpha, kUnchangedLevel});
  const PlannedLevels levels{design.alpha * effects.test_share / static_cast<double>(cases.size()),
                             design.alpha, kUnchangedLevel};
  const LeftOutWords left_out(fit.left_out, base_units, cases[0].head.size(), design.of_a_side);
  std::vector<double> detectable;
  bool withheld = false;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(
        decide(cases[c], used[c], effects.cases[c], effects, verdicts[c], design, levels, left_out));
    withheld |= outcome.decisions.back().withheld;
    detectable.push_back(outcome.decisions.back().mde);
  }
  outcome.mde = median(detectable);
  if (effects.has_rest) outcome.shared = judge_shared(effects, margins, {design.alpha, kUnchangedLevel});
  outcome.method = "unpaired over " + design.units.many +
                   "; two-way model, variances moderated over cases; Holm over all cases";
  if (outcome.assumed) outcome.method += "; assumed deviation " + percent(design.assumed_deviation);
  for (const LeftOutUnit& one : fit.left_out) {
    if (one.unit < base_units)
      outcome.left_out.base.push_back(one.unit);
    else
      outcome.left_out.head.push_back(one.unit - base_units);
  }
  outcome.notes = left_out.notes(withheld);
  return outcome;
}

}  // namespace warpgauge
