#include "compare/statistics/detectable.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/student.h"

namespace warpgauge {
namespace {

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

}  // namespace

double smallest_detectable(const Effect& effect, const Margins& margins, bool bulk_unchanged,
                           const PlannedLevels& levels) {
  double distance = detectable_distance(effect.whole, levels.single);
  if (bulk_unchanged)
    distance = std::min(distance, std::max(detectable_distance(effect.rest, levels.single),
                                           detectable_distance(effect.whole, levels.look)));
  return std::expm1(log_fail(margins) + distance);
}

int units_to_decide(const Effect& effect, const Margins& margins, bool bulk_unchanged,
                    const PlannedLevels& levels, const std::function<double(int)>& leverage) {
  const double now = leverage(0);
  const double change = effect.whole.value;
  const double beyond = std::max(change - log_fail(margins), log_improve(margins) - change);
  const double rest_beyond = beyond > 0 && bulk_unchanged
                                 ? std::min(beyond, std::max(effect.rest.value - log_fail(margins),
                                                             log_improve(margins) - effect.rest.value))
                                 : -1;
  const double inside = log_same(margins) - std::abs(change);
  const auto decides = [&](int extra) {
    const double scale = leverage(extra) / now;
    return beyond >= planned_distance(effect.whole, levels.single, scale, extra) ||
           (rest_beyond >= planned_distance(effect.rest, levels.single, scale, extra) &&
            beyond >= planned_distance(effect.whole, levels.look, scale, extra)) ||
           inside >= planned_distance(effect.whole, levels.unchanged, scale, extra);
  };
  if (!decides(kMostUnits)) return 0;
  int enough = kMostUnits, too_few = 0;
  while (enough - too_few > 1) {
    const int middle = (enough + too_few) / 2;
    (decides(middle) ? enough : too_few) = middle;
  }
  return enough;
}

}  // namespace warpgauge
