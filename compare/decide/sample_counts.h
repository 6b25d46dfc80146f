// How many samples the processes of either side gave, where that matters to what they are compared by.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "compare/decide/comparison.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/stored_side.h"

namespace warpgauge {

// The fewest samples that a process of head gave on average, over the cases; 0 where there is none.
std::int64_t fewest_samples(std::span<const Cell> cells);

// Whether the processes of one side gave more than twice as many samples of a case as the other's, those gave
// few, and so much was cut away.
bool lost_samples(const CaseNumbers& numbers);
// Of so many cases, and the first of them.
std::string lost_samples_note(std::int64_t cases, const std::string& name, const CaseNumbers& first);

// A sentence where that is so of head and the last stored round, of which nothing can be cut: a low quantile
// of few samples is larger than one of many. Empty otherwise.
std::string unequal_samples_note(std::span<const Cell> cells, const StoredSide& stored);

}  // namespace warpgauge
