// Cases that measure nothing, because the compiler removed their work or the clock is too coarse.
//
// An iteration of a measuring loop takes at least one clock cycle, because its counter and its branch depend
// on those of the iteration before. So a time per iteration of one cycle or less is that of the loop alone.
// The cycle is that of `mhz_per_cpu` in the context of the results. Without it, 0.2 ns is taken: a cycle at 5
// GHz, about the highest clock rate of a processor.
#pragma once

#include <optional>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// The resolution, in ns, if both sides are not above it: the median time of most processes of each side.
// Nothing if the metric is not a time, or if a case runs several threads, whose times are divided by their
// number.
[[nodiscard]] std::optional<double> resolution_above(const CasePair& pair, const Metric& metric);

[[nodiscard]] std::optional<note::BelowResolutionCases> below_resolution_cases(
    const std::vector<Cell>& cells);

}  // namespace warpgauge
