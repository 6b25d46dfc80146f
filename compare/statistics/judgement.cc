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

DirectionTest test_direction(const Effects& effects, std::span<const Limits> limits,
                             std::span<const Standing> standing, bool slower, double level) {
  DirectionTest test;
  for (std::size_t c = 0; c < effects.cases.size(); ++c) {
    if (standing[c] != Standing::open) {
      const bool rejected = standing[c] == (slower ? Standing::regression : Standing::improvement);
      test.absolute.push_back(rejected ? 0 : 1);
      test.relative.push_back(rejected ? 0 : 1);
      test.separated.push_back(1);
      continue;
    }
    const double margin = slower ? limits[c].fail : -limits[c].improve;
    const Estimate absolute = slower ? effects.cases[c].absolute : mirrored(effects.cases[c].absolute);
    const Estimate relative = slower ? effects.cases[c].relative : mirrored(effects.cases[c].relative);
    const double p_absolute = p_above(absolute, margin);
    test.absolute.push_back(p_absolute);
    // If the bulk moved the other way, an unchanged case differs from the median. Its own change limits the
    // test.
    const Estimate smaller{std::min(relative.value, absolute.value), relative.variance, relative.df};
    test.separated.push_back(slower ? effects.cases[c].p_separated_slower
                                    : effects.cases[c].p_separated_faster);
    const bool applies = effects.cases[c].relative_applies && p_absolute <= level;
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
double minimum_detectable_effect(const Evidence& evidence) {
  const Effect& effect = evidence.effect;
  const PlannedLevels& levels = evidence.levels;
  double distance = detectable_distance(effect.absolute, levels.single);
  if (evidence.bulk_unchanged)
    distance = std::min(distance, std::max(detectable_distance(effect.relative, levels.single),
                                           detectable_distance(effect.absolute, levels.look)));
  return std::expm1(log_fail(evidence.margins) + distance);
}

// How many more units would resolve the case, if the change is as estimated; 0 if kMostUnits would not.
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
  ChangeProved proved{
      slower ? evidence.margins.fail_above : evidence.margins.improve_above, {}, verdict.by_separation};
  if (verdict.by_relative) proved.relative_log_ratio = evidence.effect.relative.value;
  return proved;
}

}  // namespace

void check_margins(const Margins& margins) {
  if (!(margins.fail_above >= 0 && margins.improve_above >= 0 && margins.improve_above < 1 &&
        margins.same_within > 0))
    throw std::invalid_argument(
        "margins: fail_above >= 0, 0 <= improve_above < 1 and same_within > 0 are needed");
}

std::vector<Verdict> judge(const Effects& effects, std::span<const Margins> margins,
                           std::span<const Standing> standing, const Levels& levels) {
  std::vector<Limits> limits;
  for (const Margins& one : margins) limits.push_back(log_limits(one));
  return judge(effects, limits, standing, levels);
}

std::vector<Verdict> judge(const Effects& effects, std::span<const Limits> limits,
                           std::span<const Standing> standing, const Levels& levels) {
  const DirectionTest slower = test_direction(effects, limits, standing, true, levels.change);
  const DirectionTest faster = test_direction(effects, limits, standing, false, levels.change);
  const double level = levels.change * effects.test_share;
  std::vector<Verdict> verdicts(effects.cases.size());
  for (std::size_t c = 0; c < verdicts.size(); ++c) {
    Verdict& verdict = verdicts[c];
    verdict.p = std::min(1.0, slower.smallest(c) / effects.test_share);
    verdict.p_adjusted = std::min(1.0, slower.smallest_adjusted(c) / effects.test_share);
    const auto rejected = [&](const DirectionTest& test) {
      const bool by_absolute = test.absolute_adjusted[c] <= level;
      verdict.by_relative = !by_absolute && test.relative_adjusted[c] <= level;
      verdict.by_separation = !by_absolute && !verdict.by_relative;
      return test.smallest_adjusted(c) <= level;
    };
    const double same = limits[c].same;
    if (rejected(slower)) {
      verdict.decided = Decided::regression;
    } else if (rejected(faster)) {
      verdict.decided = Decided::improvement;
    } else if (p_inside(effects.cases[c].absolute, same) < levels.unchanged &&
               (!effects.cases[c].relative_applies ||
                p_inside(effects.cases[c].relative, same) < levels.unchanged)) {
      verdict.decided = Decided::unchanged;
    }
    if (contradicted(verdict.decided, effects.cases[c].with_excluded, limits[c].improve, same))
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
  const bool beyond = shared.value > median(fail) || shared.value < median(improve);
  change.is_uniform = beyond && effects.share_with_shared() >= kUniformShare;
  if (contradicted(change.decided, effects.shared_with_excluded, median(improve), median(same)))
    change.decided = Decided::inconclusive;
  return change;
}

Decision decision_of(const Evidence& evidence, const std::function<double(int)>& leverage) {
  const Estimate& change = evidence.effect.absolute;
  // df > 0: with few units the deviation is assumed, and then df is infinite.
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
