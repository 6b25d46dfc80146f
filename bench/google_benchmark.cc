#include "bench/google_benchmark.h"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "bench/sample_statistics.h"

namespace warpgauge::bench {
namespace {

// All repetitions have the same counters. The reporter omits those that are not finite.
void set_counters(benchmark::State& state, const CaseResult& result, const Repetition& repetition,
                  const BackendRuntime& runtime) {
  const SampleStatistics s = summarize(repetition.samples_ns);
  const Roofline roofline =
      place_on_roofline(result.measured.problem, s.p50 * 1e-9, runtime.ceilings, runtime.cache);
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

void report_repetition(benchmark::State& state, const CaseResult& result, std::size_t index,
                       const BackendRuntime& runtime) {
  if (result.failed()) {  // in every repetition: Google Benchmark 1.7.1 crashes if only some have failed
    state.SkipWithError(result.failure.c_str());
    return;
  }
  const Repetition& repetition = result.repetitions[index];
  auto sample_ns = repetition.samples_ns.begin();
  for ([[maybe_unused]] auto _ : state) state.SetIterationTime(*sample_ns++ * 1e-9);
  set_counters(state, result, repetition, runtime);
}

}  // namespace

void initialize_google_benchmark(std::string program) {
  static std::vector<std::string> words;  // Google Benchmark keeps a pointer to the first
  words = {std::move(program),
           "--benchmark_out=",
           "--benchmark_out_format=json",
           "--benchmark_format=console",
           "--benchmark_filter=all",
           "--benchmark_list_tests=false",
           "--benchmark_repetitions=1",
           "--benchmark_report_aggregates_only=false",
           "--benchmark_display_aggregates_only=false",
           "--benchmark_enable_random_interleaving=false",
           "--benchmark_min_warmup_time=0",
           "--benchmark_time_unit=ns"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);  // as argv ends
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1)
    throw std::runtime_error(
        fmt::format("this version of Google Benchmark does not know {}; 1.7 or later is needed", argv[1]));
}

void report_results(std::span<CaseResult> results, const BackendRuntimes& runtimes, int repetitions,
                    benchmark::BenchmarkReporter& reporter) {
  for (const CaseResult& result : results) {
    if (result.skipped()) continue;
    const BackendRuntime& runtime = runtimes.at(result.measured.kernel->backend);
    const auto run = [&result, &runtime, index = std::size_t{0}](benchmark::State& state) mutable {
      report_repetition(state, result, index++, runtime);
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
