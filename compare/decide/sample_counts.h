// The numbers of samples per process. They matter because a low quantile of few samples is larger than one of
// many.
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

// Whether the samples of one side were cut: the other side has few per process, and less than half as many.
[[nodiscard]] bool were_samples_cut(const CaseNumbers& numbers);

// The same for head and the last stored round, which cannot be cut.
[[nodiscard]] std::optional<note::SamplesDiffer> samples_differ(std::span<const Cell> cells,
                                                                const StoredSide& stored);

}  // namespace warpgauge
