#include "compare/statistics/reason.h"

#include <cmath>
#include <cstdio>

namespace warpgauge {
namespace {

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// Beyond a doubling the digits are those of the noise.
std::string slow_down(double fraction) {
  return "a slow-down of " + (fraction > 1 ? "more than a doubling" : percent(fraction));
}

std::string counted(int count, const UnitWords& units) {
  return std::to_string(count) + " " + (count == 1 ? units.one : units.many);
}

// "slower by 3.1 % (95 %: 2.0 % to 4.2 %)"
std::string direction(const Decision& decision) {
  const bool slower = decision.log_ratio > 0;
  const double low = std::expm1(decision.log_ci_low), high = std::expm1(decision.log_ci_high);
  return (slower ? "slower by " : "faster by ") + percent(std::abs(std::expm1(decision.log_ratio))) +
         " (95 %: " + percent(slower ? low : -high) + " to " + percent(slower ? high : -low) + ")";
}

std::string proved(const Decision& decision, const Margins& margins, const Effect& effect, bool by_rest,
                   const UnitWords& units) {
  const double margin = decision.decided == Decided::regression ? margins.fail_above : margins.improve_above;
  std::string text = direction(decision);
  if (by_rest)
    text += ", and by " + percent(std::abs(std::expm1(effect.rest.value))) + " against the other cases";
  return text + ": more than " + percent(margin) + ", after " + counted(decision.blocks, units);
}

std::string open_question(const Decision& decision, const UnitWords& units) {
  std::string text = "not decided: " + signed_percent(decision.log_ratio) +
                     " (95 %: " + signed_percent(decision.log_ci_low) + " to " +
                     signed_percent(decision.log_ci_high) + "); " + counted(decision.blocks, units);
  text += std::isfinite(decision.mde) ? " could have shown " + slow_down(decision.mde)
                                      : " could have shown nothing";
  if (decision.more_blocks > 0)
    return text + ", about " + std::to_string(decision.more_blocks) + " more would decide";
  return text + ", and no number of " + units.many + " is in sight that would decide";
}

}  // namespace

std::string percent(double fraction) {
  const double value = 100 * fraction;
  return formatted(std::abs(value) < 9.95 ? "%.1f" : "%.0f", value) + " %";
}

std::string signed_percent(double log_ratio) {
  constexpr double kMost = 99'999;
  const double value = 100 * std::expm1(log_ratio);
  if (value > kMost) return formatted(">%+.0f", kMost) + " %";
  return formatted(std::abs(value) < 9.95 ? "%+.1f" : "%+.0f", value) + " %";
}

std::string reason_for(const Decision& decision, const Margins& margins, const Effect& effect, bool by_rest,
                       const UnitWords& units) {
  switch (decision.decided) {
    case Decided::regression:
    case Decided::improvement:
      return proved(decision, margins, effect, by_rest, units);
    case Decided::unchanged:
      // Without its interval: that is the one of another test.
      return "within +-" + percent(margins.same_within) + ": " + signed_percent(decision.log_ratio) +
             ", after " + counted(decision.blocks, units);
    case Decided::inconclusive:
      break;
  }
  return open_question(decision, units);
}

}  // namespace warpgauge
