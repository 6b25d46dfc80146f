// The output of the statistics, as facts: a decision per case, and why. report/ turns them into sentences.
// Changes are logs of head over base; above 0 is worse.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace warpgauge {

enum class Side { base, head };
inline constexpr const char* side_name(Side side) {
  return side == Side::base ? "base" : "head";
}

// The unit of analysis: a case has one number per unit.
enum class Unit { process, round, block };

inline constexpr int kFewestMeasuredUnits = 3;  // per side; with fewer, the deviation is assumed
inline constexpr int kPlannedUnits = 5;         // per side; what a report recommends instead

enum class Decided { regression, improvement, unchanged, inconclusive };

// Margins of one case, as fractions: 0.01 = 1 %.
struct Margins {
  double fail_above = 0.01;     // a regression is proved to be worse by more than this
  double improve_above = 0.01;  // an improvement is proved to be better by more than this
  double same_within = 0.015;   // unchanged is proved to lie within +- this

  bool operator==(const Margins&) const = default;
};

// The margins as logs. A change lies beyond them if it is > log_fail or < log_improve, inside if |change| <
// log_same.
inline double log_fail(const Margins& margins) {
  return std::log1p(margins.fail_above);
}
inline double log_improve(const Margins& margins) {  // negative
  return std::log1p(-margins.improve_above);
}
inline double log_same(const Margins& margins) {
  return std::log1p(margins.same_within);
}

// The margins in the scale of a change: logs, or differences in the metric's unit. A change lies beyond them
// if it is > fail or < improve, inside if |change| < same.
struct Limits {
  double fail = 0, improve = 0, same = 0;  // improve <= 0
};
inline Limits log_limits(const Margins& margins) {
  return {log_fail(margins), log_improve(margins), log_same(margins)};
}

// What the numbers of a case are. A larger number is worse in both.
enum class NumberScale {
  log,        // logs, of reciprocals if higher is better
  difference  // in the metric's unit, negated if higher is better: the metric is exact, or a number is not
              // above 0
};

// Units of one side that were excluded as outliers (outliers.h), all slower or all faster than the side's
// others. A block holds both sides; it counts as head's.
struct ExcludedUnits {
  Side side = Side::head;
  bool slower = true;
  std::vector<std::size_t> numbers;  // from 1, within the side
  std::size_t units = 0;             // of the side
  double log_shift = 0;              // median over the excluded units

  bool operator==(const ExcludedUnits&) const = default;
};

// Places of excluded units, from 0, within their side.
struct ExcludedPlaces {
  std::vector<std::size_t> base, head;
  bool empty() const { return base.empty() && head.empty(); }
};

// The change is proved to lie beyond the margin.
struct ChangeProved {
  double margin = 0;
  std::optional<double> relative_log_ratio;  // set if only the relative test proved it (judgement.h)
  bool separated = false;                    // only the separation test proved it (separation.h)
  bool operator==(const ChangeProved&) const = default;
};
// The change is proved to lie within +-margin.
struct SameProved {
  double margin = 0;
  bool operator==(const SameProved&) const = default;
};
// Head has a slower speed that earlier rounds had, too (known_speeds.h).
struct TwoSpeeds {
  double fast = 0, slow = 0;  // logs; in a Cell, in the metric's unit
  std::size_t rounds = 0;     // stored ones at the slower speed
  bool operator==(const TwoSpeeds&) const = default;
};
// Neither is proved. The decision's interval, MDE and more_units show how much the data can resolve. A
// regression is withheld if head is at a known slower speed, or if `bless --noise` names the case.
struct NotProved {
  bool deviation_assumed = false;  // between units, because the case has too few
  std::optional<TwoSpeeds> two_speeds = {};
  bool named_noise = false;
  bool operator==(const NotProved&) const = default;
};
// `otherwise` is proved only if the `excluded` units, which speak against head, do not count.
struct DependsOnExclusion {
  Decided otherwise = Decided::unchanged;
  double log_ratio_with_excluded = 0;
  std::vector<ExcludedUnits> excluded;
  bool operator==(const DependsOnExclusion&) const = default;
};
// `otherwise` would be proved, but base differs from base, or head from head.
struct NullControlFailed {
  Decided otherwise = Decided::regression;
  bool operator==(const NullControlFailed&) const = default;
};
// All units that one side has of the case were excluded.
struct AllExcluded {
  bool operator==(const AllExcluded&) const = default;
};
// The run ended before an interim analysis was complete.
struct NotAnalysed {
  bool operator==(const NotAnalysed&) const = default;
};
// Judged by the difference: the metric is declared exact, or a number is not above 0 and has no log. `limit`:
// the largest difference that does not count, in the metric's unit.
struct ByDifference {
  bool exact = false;
  double limit = 0;
  bool operator==(const ByDifference&) const = default;
};
// A number is not above 0, and the differences between the units leave open whether the case changed.
struct DifferenceOpen {
  bool too_few_units = false;  // the deviation between units is not known
  bool operator==(const DifferenceOpen&) const = default;
};
// The metric is declared exact, but the numbers of one side differ.
struct ExactVaries {
  Side side = Side::head;
  double low = 0, high = 0;  // in the metric's unit
  bool operator==(const ExactVaries&) const = default;
};
// A process gave no time for the case.
struct NoTime {
  bool operator==(const NoTime&) const = default;
};
// The times of both sides are below what the clock resolves: the case measures nothing. Counts as unchanged.
struct BelowResolution {
  double resolution_ns = 0;
  bool operator==(const BelowResolution&) const = default;
};
// The case was removed from an A/B run. `cause`: how the process failed, as run.json records it.
struct Dropped {
  Side side = Side::head;
  std::string cause;
  bool operator==(const Dropped&) const = default;
};

using DecisionWhy =
    std::variant<NotProved, ChangeProved, SameProved, DependsOnExclusion, NullControlFailed, AllExcluded,
                 NotAnalysed, NoTime, BelowResolution, Dropped, ByDifference, DifferenceOpen, ExactVaries>;

struct Decision {
  Decided decided = Decided::inconclusive;
  double log_ratio = 0;                    // estimate of the change
  double log_ci_low = 0, log_ci_high = 0;  // two-sided 95 %
  double p = 1;           // of a regression, unadjusted: the smaller p of its tests, doubled if it has two
  double p_adjusted = 1;  // Holm over cases, weighted over interim analyses; regression: <= alpha
  double mde = 0;         // minimum detectable effect: a slow-down, as a fraction; power 0.8
  int units = 0;          // per side, without excluded ones; 0: the figures above have no meaning
  int more_units = 0;     // per side, that would resolve the case; 0: decided, withheld, or not resolvable
  DecisionWhy why;
  std::vector<ExcludedUnits> own_excluded = {};  // outliers of this case alone
  ExcludedPlaces own_places = {};
  std::optional<double> difference = {};  // set if the case was judged by it; > 0 is worse. Then units is 0
};

// The median change of all cases. It is reported, but is not a case.
struct SharedChange {
  Decided decided = Decided::inconclusive;
  double log_ratio = 0;
  double log_ci_low = 0, log_ci_high = 0;  // two-sided 95 %
  double p = 1;                            // one-sided, for a slow-down above fail_above
  bool is_uniform = false;  // beyond the margin; three quarters of the cases changed at least half as much
};

// The scatter over the cases was used in place of the expected deviation (scatter.h).
struct ScatterUsed {
  double factor = 1;   // of the deviation that was expected
  bool tails = false;  // because single cases lie far outside
  std::size_t cases = 0;
};

// The output of a rule for a run.
struct Outcome {
  std::vector<Decision> decisions;  // [case], in the order of the input
  // Of the cases that are judged by logs:
  std::optional<SharedChange> shared;  // empty with fewer than five cases
  double mde = 0;                      // of the median case; infinity if no slow-down is detectable
  bool assumed = false;                // the deviation between units was assumed for at least one case
  double mde_with_more = 0;            // if assumed: expected MDE with kPlannedUnits per side; 0: not known
  std::optional<ScatterUsed> scatter;  // set if the changes scatter more over the cases than was expected
  std::vector<ExcludedUnits> excluded;
  ExcludedPlaces excluded_places;
};

}  // namespace warpgauge
