#include "compare/statistics/judgement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "base/quantile.h"
#include "compare/statistics/holm.h"
#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

// One-sided p of "the value is above the margin". Without degrees of freedom nothing is proved.
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

// Whether the verdict fails once the excluded units count.
bool contradicted(Decided decided, double with_excluded, double improve, double same) {
  return (decided == Decided::unchanged && with_excluded > same) ||
         (decided == Decided::improvement && with_excluded > improve);
}

struct DirectionTest {
  std::vector<double> absolute, relative, separated;
  std::vector<double> absolute_adjusted, relative_adjusted, separated_adjusted;

  double smallest(std::size_t c) const { return std::min({absolute[c], relative[c], separated[c]}); }
  double smallest_adjusted(std::size_t c) const {
    return std::min({absolute_adjusted[c], relative_adjusted[c], separated_adjusted[c]});
  }
};

DirectionTest test_direction(const Effects& effects, bool slower, double level) {
  DirectionTest test;
  for (const Effect& one : effects.cases) {
    if (one.standing != Standing::open) {
      const bool rejected = one.standing == (slower ? Standing::regression : Standing::improvement);
      test.absolute.push_back(rejected ? 0 : 1);
      test.relative.push_back(rejected ? 0 : 1);
      test.separated.push_back(1);
      continue;
    }
    const double margin = slower ? one.limits.fail : -one.limits.improve;
    const Estimate absolute = slower ? one.absolute : mirrored(one.absolute);
    const Estimate relative = slower ? one.relative : mirrored(one.relative);
    const double p_absolute = p_above(absolute, margin);
    test.absolute.push_back(p_absolute);
    // If the bulk moved the other way, an unchanged case differs from the median. Its own change limits the
    // test.
    const Estimate smaller{std::min(relative.value, absolute.value), relative.variance, relative.df};
    test.separated.push_back(slower ? one.p_separated_slower : one.p_separated_faster);
    const bool applies = one.relative_applies && p_absolute <= level;
    test.relative.push_back(applies ? p_above(smaller, margin) : 1);
  }
  test.absolute_adjusted = holm_adjust(test.absolute);
  test.relative_adjusted = holm_adjust(test.relative);
  test.separated_adjusted = holm_adjust(test.separated);
  return test;
}

constexpr double kUniformShare = 0.75;
constexpr double kPower = 0.8;
constexpr int kMostUnits = 1000;  // a larger sample size is not reported
constexpr double kNever = std::numeric_limits<double>::infinity();

// Distance above the margin at which the test has power kPower.
double detectable_distance(const Estimate& estimate, double level) {
  // Below one degree of freedom the critical value exceeds any realistic change.
  if (!(estimate.df >= 1)) return kNever;
  const double critical = student_upper_quantile(level, estimate.df);
  return noncentrality_for_power(critical, estimate.df, kPower) * std::sqrt(estimate.variance);
}

// Distance from a margin that a test at `level` detects with power kPower. The variance is scaled, and
// `extra` units add as many degrees of freedom. A shifted central t approximates the non-central t.
double planned_distance(const Estimate& estimate, double level, double scale, int extra) {
  const double df = estimate.df + extra;
  return (student_upper_quantile(level, df) + student_quantile(kPower, df)) *
         std::sqrt(estimate.variance * scale);
}

// As a fraction; infinity if no slow-down would have been reported.
double minimum_detectable_effect(const Effect& effect, const PlannedLevels& levels) {
  double distance = detectable_distance(effect.absolute, levels.single);
  if (effect.relative_applies)
    distance = std::min(distance, std::max(detectable_distance(effect.relative, levels.single),
                                           detectable_distance(effect.absolute, levels.look)));
  return std::expm1(effect.limits.fail + distance);
}

// How many more units would resolve the case, if the change is as estimated; 0 if kMostUnits would not.
int units_to_decide(const Effect& effect, const PlannedLevels& levels,
                    const std::function<double(int)>& leverage) {
  const Limits& limits = effect.limits;
  const double now = leverage(0);
  const double change = effect.absolute.value;
  const double beyond = std::max(change - limits.fail, limits.improve - change);
  const double relative_beyond = beyond > 0 && effect.relative_applies
                                     ? std::min(beyond, std::max(effect.relative.value - limits.fail,
                                                                 limits.improve - effect.relative.value))
                                     : -1;
  const double inside = limits.same - std::abs(change);
  const auto decides = [&](int extra) {
    const double scale = leverage(extra) / now;
    return beyond >= planned_distance(effect.absolute, levels.single, scale, extra) ||
           (relative_beyond >= planned_distance(effect.relative, levels.single, scale, extra) &&
            beyond >= planned_distance(effect.absolute, levels.look, scale, extra)) ||
           inside >= planned_distance(effect.absolute, levels.unchanged, scale, extra);
  };
  if (!decides(kMostUnits)) return 0;
  int enough = kMostUnits, too_few = 0;
  while (enough - too_few > 1) {
    const int middle = (enough + too_few) / 2;
    (decides(middle) ? enough : too_few) = middle;
  }
  return enough;
}

DecisionWhy why_of(const Effect& effect, const Verdict& verdict) {
  if (verdict.without_excluded != Decided::inconclusive)
    return DependsOnExclusion{verdict.without_excluded, effect.with_excluded, effect.against_head};
  switch (verdict.decided) {
    case Decided::unchanged:
      return SameProved{effect.margins.same_within};
    case Decided::inconclusive:
      return NotProved{effect.deviation_assumed};
    case Decided::regression:
    case Decided::improvement:
      break;
  }
  const bool slower = verdict.decided == Decided::regression;
  ChangeProved proved{
      slower ? effect.margins.fail_above : effect.margins.improve_above, {}, verdict.by_separation};
  if (verdict.by_relative) proved.relative_log_ratio = effect.relative.value;
  return proved;
}

}  // namespace

void check_margins(const Margins& margins) {
  if (!(margins.fail_above >= 0 && margins.improve_above >= 0 && margins.improve_above < 1 &&
        margins.same_within > 0))
    throw std::invalid_argument(
        "margins: fail_above >= 0, 0 <= improve_above < 1 and same_within > 0 are needed");
}

std::vector<Verdict> judge(const Effects& effects, const Levels& levels) {
  const DirectionTest slower = test_direction(effects, true, levels.change);
  const DirectionTest faster = test_direction(effects, false, levels.change);
  const double level = levels.change * effects.test_share;
  std::vector<Verdict> verdicts(effects.cases.size());
  for (std::size_t c = 0; c < verdicts.size(); ++c) {
    const Effect& effect = effects.cases[c];
    Verdict& verdict = verdicts[c];
    verdict.p = std::min(1.0, slower.smallest(c) / effects.test_share);
    verdict.p_adjusted = std::min(1.0, slower.smallest_adjusted(c) / effects.test_share);
    const auto rejected = [&](const DirectionTest& test) {
      const bool by_absolute = test.absolute_adjusted[c] <= level;
      verdict.by_relative = !by_absolute && test.relative_adjusted[c] <= level;
      verdict.by_separation = !by_absolute && !verdict.by_relative;
      return test.smallest_adjusted(c) <= level;
    };
    const double same = effect.limits.same;
    if (rejected(slower)) {
      verdict.decided = Decided::regression;
    } else if (rejected(faster)) {
      verdict.decided = Decided::improvement;
    } else if (p_inside(effect.absolute, same) < levels.unchanged &&
               (!effect.relative_applies || p_inside(effect.relative, same) < levels.unchanged)) {
      verdict.decided = Decided::unchanged;
    }
    if (contradicted(verdict.decided, effect.with_excluded, effect.limits.improve, same))
      verdict.without_excluded = std::exchange(verdict.decided, Decided::inconclusive);
  }
  return verdicts;
}

SharedChange judge_shared(const Effects& effects, const Levels& levels) {
  std::vector<double> fail, improve, same;
  for (const Effect& one : effects.cases) {
    if (one.units == 0) continue;
    fail.push_back(one.limits.fail);
    improve.push_back(one.limits.improve);
    same.push_back(one.limits.same);
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
  const bool beyond = shared.value > median(fail) || shared.value < median(improve);
  change.is_uniform = beyond && effects.share_with_shared() >= kUniformShare;
  if (contradicted(change.decided, effects.shared_with_excluded, median(improve), median(same)))
    change.decided = Decided::inconclusive;
  return change;
}

Decision decision_of(const Effect& effect, const Verdict& verdict, const PlannedLevels& levels,
                     const std::function<double(int)>& leverage) {
  const Estimate& change = effect.absolute;
  // df > 0: with few units the deviation is assumed, and then df is infinite.
  const double half = student_quantile(0.975, change.df) * std::sqrt(change.variance);
  Decision decision{.decided = verdict.decided,
                    .log_ratio = change.value,
                    .log_ci_low = change.value - half,
                    .log_ci_high = change.value + half,
                    .p = verdict.p,
                    .p_adjusted = verdict.p_adjusted,
                    .mde = minimum_detectable_effect(effect, levels),
                    .units = effect.units,
                    .more_units = 0,
                    .why = why_of(effect, verdict)};
  if (std::holds_alternative<NotProved>(decision.why))
    decision.more_units = units_to_decide(effect, levels, leverage);
  return decision;
}

Decision no_decision(DecisionWhy why) {
  return {.decided = Decided::inconclusive,
          .log_ratio = 0,
          .log_ci_low = -kNever,
          .log_ci_high = kNever,
          .p = 1,
          .p_adjusted = 1,
          .mde = kNever,
          .units = 0,
          .more_units = 0,
          .why = std::move(why)};
}

}  // namespace warpgauge
