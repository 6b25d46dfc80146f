// One number per process and case: the log of a low quantile of its samples. A run uses one quantile for all
// cases: the one by which the processes of base agree best with each other. That choice cannot favour a side.
//
// Quantiles interpolate linearly between order statistics (Hyndman & Fan 1996, type 7, as R and numpy).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/quantile.h"

namespace warpgauge {

enum class Statistic { minimum, q10, q25, median };
inline constexpr std::array kStatistics = {Statistic::minimum, Statistic::q10, Statistic::q25,
                                           Statistic::median};

[[nodiscard]] const char* statistic_name(Statistic statistic);  // "min", "q10", "q25", "q50"
[[nodiscard]] std::optional<Statistic> parse_statistic(std::string_view name);
[[nodiscard]] double statistic_probability(Statistic statistic);  // 0, .1, .25, .5

// Samples of one case: samples[process][i] > 0. If higher is better, pass reciprocals.
using ProcessSamples = std::vector<std::vector<double>>;

// The number of samples of the shortest process; 0 if a process is empty. All processes of both sides are cut
// to it, because the expectation of a low quantile depends on the number of samples.
[[nodiscard]] std::size_t equal_length(const ProcessSamples& base, const ProcessSamples& head);

// The log of the statistic of the first `length` samples, 1 <= length <= samples.size().
[[nodiscard]] double process_number(std::span<const double> samples, std::size_t length, Statistic statistic);

// base[case]: the base processes in the order in which they ran, so that 2i and 2i + 1 are neighbours (in a
// block). Per statistic: the median over cases of the root mean square of the neighbours' differences. The
// smallest is chosen; at a tie, the lower quantile. Without such data: `median`.
[[nodiscard]] Statistic choose_statistic(std::span<const ProcessSamples> base);

// Cliff's delta: P(head > base) - P(head < base), in [-1, 1]; 0 if a side is empty. O((m + n) log n).
[[nodiscard]] double cliffs_delta(std::span<const double> base, std::span<const double> head);

}  // namespace warpgauge
