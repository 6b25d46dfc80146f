// Is a case right? Decided before it is timed, and once more after: a wrong case never gets a time.
#pragma once

#include <span>
#include <vector>

#include "bench/checked_store.h"
#include "bench/result.h"
#include "bench/station.h"

namespace warpgauge::bench {

// Launches each supported case once on the operands that it will be timed on, and checks it: fully
// (fuzz/check.h, with its probes) unless `store` knows the very output, bit by bit, as one that passed. A
// kernel that is not deterministic is checked fully in every process.
std::vector<CaseResult> check_cases(std::span<const Case> cases, Stations& stations, CheckedStore& store,
                                    std::uint64_t seed, int threads);

// After the timing: one more launch over erased outputs must give the checked bits again, or, of a kernel
// that is not deterministic, be within its bounds again. Fails those that do not. It is this launch that a
// profiler sees (ProfilerRange).
void check_again(std::span<CaseResult> results, Stations& stations, std::uint64_t seed);

}  // namespace warpgauge::bench
