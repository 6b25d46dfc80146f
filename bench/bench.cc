#include "bench/bench.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "bench/cases.h"
#include "bench/checked_store.h"
#include "bench/correctness.h"
#include "bench/exit_code.h"
#include "bench/fingerprint.h"
#include "bench/gpu.h"
#include "bench/measure.h"
#include "bench/memory.h"
#include "bench/minima.h"
#include "bench/nvml.h"
#include "bench/output_file.h"
#include "bench/replay.h"
#include "bench/reporter.h"
#include "bench/table.h"
#include "bench/threads.h"
#include "fuzz/crash_note.h"
#include "kernels/libraries.h"

namespace warpgauge::bench {
namespace {

constexpr char kCheckedDirectory[] = ".warpgauge/checked";

void complain(const std::string& what) {
  std::cerr << "warpgauge-bench: " << what << "\n";
}

// Google Benchmark gets the flags that are not ours, then ours, which win: its environment variables and
// flags could otherwise write a file, drop rows, or run a replay more often than there are repetitions. False
// when it does not know one of the flags; it has said which.
bool initialize_google_benchmark(const Options& options, char* program) {
  std::vector<std::string> flags = options.google_flags;
  for (const char* own : {"--benchmark_out=", "--benchmark_filter=all", "--benchmark_list_tests=false",
                          "--benchmark_report_aggregates_only=false",
                          "--benchmark_display_aggregates_only=false", "--benchmark_min_warmup_time=0"})
    flags.push_back(own);
  std::vector<char*> argv{program};
  for (std::string& flag : flags) argv.push_back(flag.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);  // as argv ends
  benchmark::Initialize(&argc, argv.data());
  return !benchmark::ReportUnrecognizedArguments(argc, argv.data());
}

bool gpu_required() {
  const char* value = std::getenv("WARPGAUGE_REQUIRE_GPU");
  return value && std::string_view(value) == "1";
}

std::string why_nothing(const Selection& selection, const Options& options) {
  if (!selection.too_long.empty())
    return selection.too_long.front() + " takes too long for the matrix " +
           std::string(options.matrix->name) +
           ", as do all that are selected; smaller shapes, with --axis, do not";
  if (options.filter.empty()) return "no case is selected";
  return "no case matches '" + options.filter + "'; --benchmark_list_tests shows them all";
}

// Says which backends are not here. An exit code when that, or the filter, leaves nothing to do.
std::optional<int> reason_to_stop(const Selection& selection, const Options& options) {
  for (const auto& [backend, reason] : selection.missing_backends)
    complain(std::string(backend_name(backend)) + " kernels are left out: " + reason);
  if (gpu_required() && !backend_unavailable(Backend::cuda).empty()) {
    complain("a GPU is required (WARPGAUGE_REQUIRE_GPU=1): " + backend_unavailable(Backend::cuda));
    return kExitFailed;
  }
  const bool any =
      std::ranges::any_of(selection.cases, [](const Case& each) { return each.unsupported.empty(); });
  if (any) return std::nullopt;
  for (const Case& each : selection.cases) complain(each.name + " is not supported: " + each.unsupported);
  if (selection.cases.empty() && selection.missing_backends.empty())
    complain(why_nothing(selection, options));
  return kExitUsage;
}

bool has_backend(std::span<const Case> cases, Backend backend) {
  return std::ranges::any_of(cases, [backend](const Case& each) {
    return each.unsupported.empty() && each.kernel->backend == backend;
  });
}

// Everything that is known when the measuring is over.
struct Measurement {
  std::vector<CaseResult> results;
  Stations stations;
  Plan plan;
  Fingerprint fingerprint;
};

Measurement measure(const Options& options, std::span<const Case> cases) {
  const std::vector<int> cpus = allowed_cpus();
  require_cpus(options.threads, cpus);
  std::optional<GpuInfo> gpu;  // asked before anything can take the device along
  if (has_backend(cases, Backend::cuda)) gpu = gpu_info();
  require_memory(cases, options.threads, gpu ? static_cast<double>(gpu->free_memory_bytes) : 0);
  std::shared_ptr<const Nvml> nvml;
  if (gpu) {
    nvml = Nvml::open(gpu->uuid);
    if (!nvml) complain("NVML cannot be used: clocks, temperature and power of the GPU are not recorded");
  }
  NvmlMonitor monitor(nvml);  // before threads are pinned, or it would share a CPU with what is measured

  Measurement m;
  m.stations = make_stations(cases, options, options.threads);
  const std::string surroundings = library_versions() + "; " + (gpu ? gpu->name : "no GPU");
  CheckedStore store(kCheckedDirectory, running_program_hash(surroundings), options.seed, options.threads);
  m.results = check_cases(cases, m.stations, store, options.seed, options.threads);
  if (const std::string reason = store.save(); !reason.empty())
    complain("what was checked is not remembered: " + reason);
  pin_threads(options.threads, cpus);  // not before: the oracle takes every CPU
  if (!options.dry_run) m.plan = measure_cases(m.results, m.stations, options);
  check_again(m.results, m.stations, options.seed);
  m.fingerprint = take_fingerprint({.options = options,
                                    .threads = options.threads,
                                    .cpus_allowed = static_cast<int>(cpus.size()),
                                    .cpu_cases = has_backend(cases, Backend::cpu),
                                    .gpu = gpu ? &*gpu : nullptr,
                                    .nvml = nvml.get()});
  m.fingerprint.info.merge(monitor.finish());
  for (const auto& [backend, station] : m.stations)
    m.fingerprint.info.merge(describe(station.ceilings, backend_name(backend)));
  m.fingerprint.settings["repetitions"] = std::to_string(m.plan.repetitions);
  return m;
}

std::string json_text_of(Measurement& m, const Options& options) {
  JsonReporter reporter(m.results, m.fingerprint, options.context);
  replay(m.results, m.stations, std::max(1, m.plan.repetitions), reporter);
  return reporter.text();
}

// Text goes to stdout, JSON to --benchmark_out, or to stdout in the text's place.
void write_results(Measurement& m, const Options& options, std::optional<OutputFile>& out) {
  const std::string text = options.dry_run ? "" : json_text_of(m, options);
  if (out) {
    out->write(text);
    require_written(options.out, text);
  }
  if (options.json_on_stdout)
    std::cout << text;
  else
    print_table(std::cout, m.results, m.stations);
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("stdout: cannot be written");
}

int report(Measurement& m, const Options& options, std::optional<OutputFile>& out) {
  write_results(m, options, out);
  for (const auto& [backend, station] : m.stations)
    if (!station.lost.empty()) complain(station.lost);
  int failed = 0;
  for (const CaseResult& result : m.results) {
    if (!result.failed()) continue;
    ++failed;
    complain(result.measured.name + " " + result.failure);
  }
  return failed > 0 ? kExitFailed : kExitOk;
}

bool meets(const Minima& minima, const Measurement& m) {
  const std::vector<std::string> reasons = shortfalls(minima, m.results, m.fingerprint.identity);
  for (const std::string& reason : reasons) complain(reason);
  return reasons.empty();
}

int run(std::span<const Kernel* const> kernels, const Options& options) {
  const Selection selection = select_cases(kernels, options);
  if (const auto exit_code = reason_to_stop(selection, options)) return *exit_code;
  if (options.list) {
    for (const Case& each : selection.cases) std::cout << each.name << "\n";
    return kExitOk;
  }
  std::optional<OutputFile> out;
  if (!options.out.empty()) out.emplace(options.out);
  std::optional<Minima> minima;
  if (!options.assert_min.empty()) minima = read_minima(options.assert_min);
  Measurement m = measure(options, selection.cases);
  const int exit_code = report(m, options, out);
  return minima && !meets(*minima, m) ? kExitFailed : exit_code;
}

}  // namespace

int run_bench(std::span<const Kernel* const> kernels, int argc, char** argv) {
  install_crash_notes("warpgauge-bench");
  const ParsedOptions parsed = parse_options(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  if (!initialize_google_benchmark(parsed.options, argv[0])) return kExitUsage;
  try {
    return run(kernels, parsed.options);
  } catch (const std::invalid_argument& error) {
    complain(error.what());
    return kExitUsage;
  } catch (const std::bad_alloc&) {
    complain("there is not enough memory for the selected cases; take smaller shapes, or fewer at a time");
    return kExitFailed;
  } catch (const std::exception& error) {
    complain(error.what());
    return kExitFailed;
  }
}

}  // namespace warpgauge::bench
