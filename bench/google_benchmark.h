// Passes measured samples through Google Benchmark's runner to a reporter, so that rows, counters and labels
// are those of its library. Each case becomes a registered benchmark with manual time: an iteration is one
// sample, a repetition one of ours. The samples themselves are taken by measure.h, which interleaves the
// cases, checks them first, and continues after a failure. Google Benchmark's runner cannot do that.
#pragma once

#include <benchmark/benchmark.h>

#include <span>
#include <string>

#include "bench/backend_runtime.h"
#include "bench/result.h"
#include "bench/roofline.h"

namespace warpgauge::bench {

// Initializes the library with flags of our own only. They override its environment variables, which could
// write a file, drop rows, or repeat the runs. The flags of the user are validated by options.h.
void initialize_google_benchmark(std::string program);

// Registers every result that is not skipped, and runs it into `reporter`.
void report_results(std::span<CaseResult> results, const BackendRuntimes& runtimes, int repetitions,
                    benchmark::BenchmarkReporter& reporter);

}  // namespace warpgauge::bench
