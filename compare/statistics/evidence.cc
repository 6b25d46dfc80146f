#include "compare/statistics/evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

constexpr double kPower = 0.8;
constexpr int kMostUnits = 1000;  // more than that is no advice
constexpr double kNever = std::numeric_limits<double>::infinity();

// Distance above the margin at which the test has kPower.
double detectable_distance(const Estimate& estimate, double level) {
  // Below one degree of freedom the critical value exceeds any change that could be meant.
  if (!(estimate.df >= 1)) return kNever;
  const double critical = student_upper_quantile(level, estimate.df);
  return noncentrality_for_power(critical, estimate.df, kPower) * std::sqrt(estimate.variance);
}

// Distance from a margin that a test at `level` sees with kPower, once the variance is scaled and `extra`
// units have brought as many degrees of freedom. The shifted central t is near enough to plan by.
double planned_distance(const Estimate& estimate, double level, double scale, int extra) {
  const double df = estimate.df + extra;  // at least 1, as many as `extra`
  return (student_upper_quantile(level, df) + student_quantile(kPower, df)) *
         std::sqrt(estimate.variance * scale);
}

// Smallest slow-down, as a fraction, that would have been called a regression; infinity if none would.
double minimum_detectable_effect(const Evidence& evidence) {
  const Effect& effect = evidence.effect;
  const PlannedLevels& levels = evidence.levels;
  double distance = detectable_distance(effect.absolute, levels.single);
  if (evidence.bulk_unchanged)
    distance = std::min(distance, std::max(detectable_distance(effect.relative, levels.single),
                                           detectable_distance(effect.absolute, levels.look)));
  return std::expm1(log_fail(evidence.margins) + distance);
}

// So many more units would decide the case if the change is what it is estimated as; 0 if kMostUnits would
// not.
int units_to_decide(const Evidence& evidence, const std::function<double(int)>& leverage) {
  const Effect& effect = evidence.effect;
  const PlannedLevels& levels = evidence.levels;
  const double now = leverage(0);
  const double change = effect.absolute.value;
  const double beyond = std::max(change - log_fail(evidence.margins), log_improve(evidence.margins) - change);
  const double relative_beyond =
      beyond > 0 && evidence.bulk_unchanged
          ? std::min(beyond, std::max(effect.relative.value - log_fail(evidence.margins),
                                      log_improve(evidence.margins) - effect.relative.value))
          : -1;
  const double inside = log_same(evidence.margins) - std::abs(change);
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

DecisionWhy why_of(const Evidence& evidence) {
  const Verdict& verdict = evidence.verdict;
  if (verdict.without_excluded != Decided::inconclusive)
    return DependsOnExclusion{verdict.without_excluded, evidence.effect.with_excluded, evidence.against_head};
  switch (verdict.decided) {
    case Decided::unchanged:
      return SameProved{evidence.margins.same_within};
    case Decided::inconclusive:
      return NotProved{evidence.deviation_assumed};
    case Decided::regression:
    case Decided::improvement:
      break;
  }
  const bool slower = verdict.decided == Decided::regression;
  ChangeProved proved{slower ? evidence.margins.fail_above : evidence.margins.improve_above, {}};
  if (verdict.by_relative) proved.relative_log_ratio = evidence.effect.relative.value;
  return proved;
}

}  // namespace

Decision decision_of(const Evidence& evidence, const std::function<double(int)>& leverage) {
  const Estimate& change = evidence.effect.absolute;
  // There always are degrees of freedom: if there are few numbers, the assumed deviation is known.
  const double half = student_quantile(0.975, change.df) * std::sqrt(change.variance);
  Decision decision{.decided = evidence.verdict.decided,
                    .log_ratio = change.value,
                    .log_ci_low = change.value - half,
                    .log_ci_high = change.value + half,
                    .p = evidence.verdict.p,
                    .p_adjusted = evidence.verdict.p_adjusted,
                    .mde = minimum_detectable_effect(evidence),
                    .units = evidence.units,
                    .more_units = 0,
                    .why = why_of(evidence)};
  if (std::holds_alternative<NotProved>(decision.why))
    decision.more_units = units_to_decide(evidence, leverage);
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
