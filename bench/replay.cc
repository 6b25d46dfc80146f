#include "bench/replay.h"

#include <cmath>
#include <string>

#include "bench/sample_statistics.h"

namespace warpgauge::bench {
namespace {

// All repetitions carry the same counters; those that are not finite are left out by the reporter.
void set_counters(benchmark::State& state, const CaseResult& result, const Repetition& repetition,
                  const Station& station) {
  const SampleStatistics s = summarize(repetition.samples_ns);
  const Roofline roofline =
      place_on_roofline(result.measured.problem, s.p50 * 1e-9, station.ceilings, station.cache);
  auto& counters = state.counters;
  counters["tflops"] = roofline.tflops;
  counters["gbps"] = roofline.gbps;
  counters["roofline_pct"] = roofline.percent;
  counters["arithmetic_intensity"] = roofline.arithmetic_intensity;
  counters["mean_ns"] = s.mean;
  counters["stddev_ns"] = s.stddev;
  counters["p50_ns"] = s.p50;
  counters["p95_ns"] = s.p95;
  counters["p99_ns"] = s.p99;
  counters["cv"] = s.cv;
  counters["samples"] = static_cast<double>(repetition.samples_ns.size());
  counters["waited_ns"] = repetition.waited_ns;
  counters["max_abs_err"] = result.accuracy.max_abs_err;
  counters["mean_abs_err"] = result.accuracy.mean_abs_err;
  counters["correlation"] = result.accuracy.correlation;
  counters["err_over_bound"] = result.accuracy.err_over_bound;
  state.SetLabel(roofline.bottleneck);
}

void replay_repetition(benchmark::State& state, const CaseResult& result, std::size_t index,
                       const Station& station) {
  if (result.failed()) {  // in every repetition: 1.7.1 crashes when only some have failed
    state.SkipWithError(result.failure.c_str());
    return;
  }
  const Repetition& repetition = result.repetitions[index];
  auto sample_ns = repetition.samples_ns.begin();
  for ([[maybe_unused]] auto _ : state) state.SetIterationTime(*sample_ns++ * 1e-9);
  set_counters(state, result, repetition, station);
}

}  // namespace

void replay(std::span<CaseResult> results, const Stations& stations, int repetitions,
            benchmark::BenchmarkReporter& reporter) {
  for (const CaseResult& result : results) {
    if (result.skipped()) continue;
    const Station& station = stations.at(result.measured.kernel->backend);
    const auto run = [&result, &station, index = std::size_t{0}](benchmark::State& state) mutable {
      replay_repetition(state, result, index++, station);
    };
    const bool timed = result.timed();
    benchmark::RegisterBenchmark(result.measured.name.c_str(), run)
        ->Iterations(timed ? static_cast<benchmark::IterationCount>(result.repetitions[0].samples_ns.size())
                           : 1)
        ->Repetitions(timed ? static_cast<int>(result.repetitions.size()) : repetitions)
        ->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
}

}  // namespace warpgauge::bench
