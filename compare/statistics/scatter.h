// Robust measures of scatter, and what the scatter over the cases of a run says about its noise.
//
// With one file per side no deviation between processes can be measured. But most cases do not change, so the
// scatter of the changes over the cases is the noise of that very pair of files. It bounds the assumed
// deviation from below, in two ways:
//
// - bulk: the width of the shortest interval that holds half of the cases (the shorth; Rousseeuw & Leroy
//   1988, Statistica Neerlandica 42, 103-116). Up to half of the cases may have changed.
// - tails: the 95 % quantile of the distances from the median. Single cases are disturbed far more than the
//   bulk. The tails are those of Student's t with kTailDf degrees of freedom through that quantile. If many
//   cases changed, they are that quantile. So the other side of the distribution limits it: noise is as
//   likely to make a case faster as slower.
#pragma once

#include <limits>
#include <span>

namespace warpgauge {

inline constexpr double kMadToDeviation = 1.4826;  // of a normal distribution: 1 / its quantile at 3/4
inline constexpr double kTailDf = 8;
inline constexpr double kTailGuard = 2.5;      // the tails are at most this many times those of either side
inline constexpr std::size_t kBulkCases = 5;   // with fewer cases there is no bulk
inline constexpr std::size_t kTailCases = 20;  // with fewer cases there are no tails

// Median distance from the median, as a deviation of a normal distribution. Of at least one value.
[[nodiscard]] double robust_deviation(std::span<const double> values);

// The middle of the shortest interval that holds 40 % of the values. Of intervals that are up to twice as
// wide, the one nearest to zero.
[[nodiscard]] double bulk_centre(std::span<const double> values);

// The width of the shortest interval that holds half of the values, as a deviation of a normal distribution.
[[nodiscard]] double bulk_deviation(std::span<const double> values);

// Where the expected deviation of a change comes from. Measured units show the noise of each case, so that
// the scatter over the cases counts only if it contradicts them by more than chance. An assumption says
// nothing about tails.
enum class Expected { assumed, measured };

// By which noise is at least to be multiplied, and with how many degrees of freedom its tails are.
struct CaseScatter {
  double factor = 1;
  double df = std::numeric_limits<double>::infinity();
  bool tails = false;  // the tails are wider than the bulk
};

// changes[case], in units of their expected deviation, which has `df` degrees of freedom. Of what was
// expected, the bulk and the tails, the one with the largest critical value at `level`.
[[nodiscard]] CaseScatter scatter_over_cases(std::span<const double> changes, Expected expected, double df,
                                             double level);

}  // namespace warpgauge
