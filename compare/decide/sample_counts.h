// How many samples per process either side has, if that matters to the statistic that they are compared by: a
// low quantile of few samples is larger than one of many.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "compare/decide/comparison.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/stored_side.h"

namespace warpgauge {

// The fewest samples per process of head, over the cases; 0 if there is none.
[[nodiscard]] std::int64_t fewest_samples(std::span<const Cell> cells);

// Mean samples per process.
[[nodiscard]] std::int64_t samples_per_process(const SideSummary& side);

// Whether one side has few samples per process, the other more than twice as many, so that those were cut.
[[nodiscard]] bool were_samples_cut(const CaseNumbers& numbers);

// The same of head and the last stored round, of which nothing can be cut.
[[nodiscard]] std::optional<note::SamplesDiffer> samples_differ(std::span<const Cell> cells,
                                                                const StoredSide& stored);

}  // namespace warpgauge
