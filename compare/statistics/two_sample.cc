#include "compare/statistics/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "compare/statistics/detectable.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/statistic.h"
#include "compare/statistics/student.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

constexpr double kUnchangedLevel = 0.05;

int present(std::span<const double> numbers) {
  return static_cast<int>(std::ranges::count_if(numbers, [](double y) { return std::isfinite(y); }));
}

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

Decision decide(const TwoSampleCase& one, const Effect& effect, const Effects& effects,
                const Verdict& verdict, const TwoSampleDesign& design, const PlannedLevels& levels) {
  const int base = present(one.base), head = present(one.head);
  Decision decision;
  decision.decided = verdict.decided;
  decision.log_ratio = effect.whole.value;
  // There always are degrees of freedom: where there are few numbers, the assumed deviation is known.
  const double half = student_quantile(0.975, effect.whole.df) * std::sqrt(effect.whole.variance);
  decision.log_ci_low = effect.whole.value - half;
  decision.log_ci_high = effect.whole.value + half;
  decision.p = verdict.p;
  decision.p_adjusted = verdict.p_adjusted;
  decision.mde = smallest_detectable(effect, one.margins, effects.bulk_unchanged, levels);
  decision.blocks = std::min(base, head);
  if (decision.decided == Decided::inconclusive)
    decision.more_blocks = units_to_decide(
        effect, one.margins, effects.bulk_unchanged, levels,
        [&](int extra) { return 1.0 / (base + (design.base_grows ? extra : 0)) + 1.0 / (head + extra); });
  decision.reason = reason_for(decision, one.margins, effect, verdict.by_rest, design.units);
  return decision;
}

}  // namespace

Outcome decide_two_samples(std::span<const TwoSampleCase> cases, const TwoSampleDesign& design) {
  check(cases, design);
  Outcome outcome;
  outcome.mde = std::numeric_limits<double>::infinity();
  if (cases.empty()) return outcome;
  std::vector<Margins> margins;
  std::vector<ModeratedVariance> floors;
  bool any_assumed = false;
  for (const TwoSampleCase& one : cases) {
    margins.push_back(one.margins);
    const bool assumed = design.assumes(present(one.base), present(one.head));
    any_assumed |= assumed;
    ModeratedVariance floor{assumed ? design.assumed_deviation * design.assumed_deviation : 0,
                            std::numeric_limits<double>::infinity()};
    floors.push_back(one.shown.variance > floor.variance ? one.shown : floor);
  }
  const TwoWayFit fit = fit_two_way(two_way_data(cases));
  const Effects effects = estimate_effects(fit, variance_prior(fit), margins, floors);
  const std::vector<Standing> standing(cases.size(), Standing::open);
  const std::vector<Verdict> verdicts = judge(effects, margins, standing, {design.alpha, kUnchangedLevel});
  const PlannedLevels levels{design.alpha * effects.test_share / static_cast<double>(cases.size()),
                             design.alpha, kUnchangedLevel};
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    outcome.decisions.push_back(decide(cases[c], effects.cases[c], effects, verdicts[c], design, levels));
    detectable.push_back(outcome.decisions.back().mde);
  }
  outcome.mde = median(detectable);
  if (effects.has_rest) outcome.shared = judge_shared(effects, margins, {design.alpha, kUnchangedLevel});
  outcome.method = "unpaired over " + design.units.many +
                   "; two-way model, variances moderated over cases; Holm over all cases";
  if (any_assumed) outcome.method += "; assumed deviation " + percent(design.assumed_deviation);
  return outcome;
}

}  // namespace warpgauge
