// The number that a process gives for a case: the log of a low quantile of its samples. Which quantile is one
// for the whole run: the one by which base agrees best with base, which cannot favour a side.
//
// Quantiles interpolate linearly between order statistics (Hyndman & Fan 1996, type 7: R's and numpy's).
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

const char* statistic_name(Statistic statistic);  // "min", "q10", "q25", "q50"
std::optional<Statistic> parse_statistic(std::string_view name);
double statistic_probability(Statistic statistic);  // 0, .1, .25, .5

// Samples of one case, by process: samples[process][i] > 0. Where higher is better, pass reciprocals.
using ProcessSamples = std::vector<std::vector<double>>;

// The length of the shortest process: what every process of both sides is cut to, because the expectation of
// a low quantile depends on how many samples it is taken from. 0 where a process is empty.
std::size_t equal_length(const ProcessSamples& base, const ProcessSamples& head);

// The log of the statistic of the first `length` samples, 1 <= length <= samples.size().
double process_number(std::span<const double> samples, std::size_t length, Statistic statistic);

// base[case]: its base processes in the order in which they ran, an even number of them, neighbours next to
// each other (the two of a block). For each statistic: the median over cases of the root mean square of the
// neighbours' differences; the smallest wins, the lower quantile at a tie. `median` where there is nothing to
// choose by.
Statistic choose_statistic(std::span<const ProcessSamples> base);

// Cliff's delta: P(head > base) - P(head < base), in [-1, 1]; 0 where a side is empty. O((m + n) log n).
double cliffs_delta(std::span<const double> base, std::span<const double> head);

}  // namespace warpgauge
