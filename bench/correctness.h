// The check of each case, before it is timed and again afterwards. A wrong case never gets a time.
#pragma once

#include <span>
#include <vector>

#include "bench/backend_runtime.h"
#include "bench/checked_store.h"
#include "bench/result.h"

namespace warpgauge::bench {

// Launches each supported case once on the operands that it will be timed on. If `store` holds the hash of
// exactly this output, the case passed before. Otherwise it is checked fully (fuzz/check.h, with probes). A
// kernel that is not deterministic is checked fully in every process.
[[nodiscard]] std::vector<CaseResult> check_cases(std::span<const Case> cases, BackendRuntimes& runtimes,
                                                  CheckedStore& store, std::uint64_t seed, int threads);

// Launches each right case again over erased outputs, after the timing. The output must be bit-identical to
// the checked one; for a kernel that is not deterministic it must be within its bounds. Otherwise the case
// fails. Only these launches are visible to a profiler (ProfilerRange).
void check_again(std::span<CaseResult> results, BackendRuntimes& runtimes, std::uint64_t seed);

// Fails each case whose median is shorter than this machine can take. The ceilings are measured again before
// that: the clock of the processor may have been lower when the process started.
void refuse_impossible_times(std::span<CaseResult> results, BackendRuntimes& runtimes);

// Compares the rows of timed launches with the oracle. A case with a wrong row fails.
void check_timed_rows(std::span<CaseResult> results, BackendRuntimes& runtimes);

}  // namespace warpgauge::bench
