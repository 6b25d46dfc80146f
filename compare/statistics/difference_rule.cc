#include "compare/statistics/difference_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace warpgauge {
namespace {

std::vector<double> known(std::span<const double> numbers) {
  std::vector<double> finite;
  std::ranges::copy_if(numbers, std::back_inserter(finite), [](double one) { return std::isfinite(one); });
  return finite;
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double squares(const std::vector<double>& numbers) {
  const double middle = mean(numbers);
  double sum = 0;
  for (const double one : numbers) sum += (one - middle) * (one - middle);
  return sum;
}

Decided decided_by(double difference, const Limits& limits) {
  if (difference > limits.fail) return Decided::regression;
  if (difference < limits.improve) return Decided::improvement;
  return Decided::unchanged;
}

// The limit that `decided` lies beyond, or within.
double limit_of(Decided decided, const Limits& limits) {
  return decided == Decided::improvement ? -limits.improve : limits.fail;
}

Decision untested(Decided decided, double difference, ByDifference why) {
  Decision decision = no_decision(why);
  decision.decided = decided;
  decision.difference = difference;
  return decision;
}

bool all_zero(const std::vector<double>& numbers) {
  return std::ranges::all_of(numbers, [](double one) { return one == 0; });
}

bool none_zero(const std::vector<double>& numbers) {
  return std::ranges::count(numbers, 0.0) == 0;
}

Effect effect_of(int units, const Limits& limits) {
  Effect effect;
  effect.units = units;
  effect.limits = limits;
  effect.standing = units > 0 ? Standing::open : Standing::closed;
  return effect;
}

}  // namespace

Decision decide_exact(const ExactCase& one) {
  for (const auto& [side, range] : {std::pair(Side::base, one.base), {Side::head, one.head}}) {
    if (range.low != range.high) return no_decision(ExactVaries{side, range.low, range.high});
  }
  const double difference = one.head.low - one.base.low;
  const Decided decided = decided_by(difference, one.limits);
  return untested(decided, difference, {true, limit_of(decided, one.limits)});
}

std::optional<Decision> decide_zeros(std::span<const double> of_base, std::span<const double> of_head,
                                     const Limits& limits) {
  const std::vector<double> base = known(of_base), head = known(of_head);
  const bool certain =
      (all_zero(base) && (all_zero(head) || none_zero(head))) || (all_zero(head) && none_zero(base));
  if (!certain || base.empty() || head.empty()) return std::nullopt;
  const double difference = mean(head) - mean(base);
  const Decided decided = decided_by(difference, limits);
  return untested(decided, difference, {false, limit_of(decided, limits)});
}

Effect unpaired_difference(std::span<const double> of_base, std::span<const double> of_head,
                           const Limits& limits, Unit unit) {
  const std::vector<double> base = known(of_base), head = known(of_head);
  Effect effect = effect_of(static_cast<int>(std::min(base.size(), head.size())), limits);
  if (effect.units == 0) return effect;
  const auto m = static_cast<double>(base.size()), n = static_cast<double>(head.size());
  effect.absolute.value = mean(head) - mean(base);
  const bool enough = m >= kFewestMeasuredUnits && (unit == Unit::round || n >= kFewestMeasuredUnits);
  if (enough) {
    effect.absolute.df = m + n - 2;
    effect.absolute.variance = (squares(base) + squares(head)) / effect.absolute.df * (1 / m + 1 / n);
  }
  effect.relative = effect.absolute;
  effect.with_excluded = effect.absolute.value;
  return effect;
}

Effect paired_difference(std::span<const double> differences, const Limits& limits) {
  const std::vector<double> blocks = known(differences);
  Effect effect = effect_of(static_cast<int>(blocks.size()), limits);
  if (effect.units == 0) return effect;
  const auto n = static_cast<double>(blocks.size());
  effect.absolute.value = mean(blocks);
  if (n >= 2) {
    effect.absolute.df = n - 1;
    effect.absolute.variance = squares(blocks) / effect.absolute.df / n;
  }
  effect.relative = effect.absolute;
  effect.with_excluded = effect.absolute.value;
  return effect;
}

Decision difference_decision(const Effect& effect, const Verdict& verdict) {
  const Limits& limits = effect.limits;
  Decision decision = no_decision(ByDifference{false, limit_of(verdict.decided, limits)});
  decision.decided = verdict.decided;
  decision.difference = effect.absolute.value;
  decision.p = verdict.p;
  decision.p_adjusted = verdict.p_adjusted;
  if (verdict.decided == Decided::unchanged) decision.why = ByDifference{false, limits.same};
  if (verdict.decided == Decided::inconclusive) decision.why = DifferenceOpen{!(effect.absolute.df > 0)};
  return decision;
}

}  // namespace warpgauge
