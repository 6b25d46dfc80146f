// Hands what was measured to Google Benchmark: each case becomes a registered benchmark that replays its
// samples as iterations of manual time, one run of it a repetition. So rows, counters and labels go through
// Google Benchmark's own runner into a reporter, while the samples themselves were taken in an order, and
// with a care, that its runner does not know: interleaved by seed, checked first, and surviving a failing
// neighbour.
#pragma once

#include <benchmark/benchmark.h>

#include <span>

#include "bench/result.h"
#include "bench/roofline.h"
#include "bench/station.h"

namespace warpgauge::bench {

// Registers every result that is not skipped, and runs them into `reporter`.
void replay(std::span<CaseResult> results, const Stations& stations, int repetitions,
            benchmark::BenchmarkReporter& reporter);

}  // namespace warpgauge::bench
