#include "bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "base/atomic_file.h"
#include "base/console.h"
#include "base/diagnostic.h"
#include "base/escape.h"
#include "base/message.h"
#include "base/number_format.h"
#include "base/out_of_memory.h"
#include "base/similar.h"
#include "base/usage_error.h"
#include "bench/cases.h"
#include "bench/checked_store.h"
#include "bench/correctness.h"
#include "bench/environment.h"
#include "bench/exit_code.h"
#include "bench/google_benchmark.h"
#include "bench/gpu.h"
#include "bench/kernel_list.h"
#include "bench/measure.h"
#include "bench/memory_budget.h"
#include "bench/minima.h"
#include "bench/nvml.h"
#include "bench/output_file.h"
#include "bench/reporter.h"
#include "bench/sample_statistics.h"
#include "bench/table.h"
#include "bench/threads.h"
#include "fuzz/crash_note.h"
#include "fuzz/unbuilt_kernels.h"
#include "kernels/libraries.h"

namespace warpgauge::bench {
namespace {

constexpr char kCheckedDirectory[] = ".warpgauge/checked";

void warn(const std::string& what) {
  print_warning(kBenchName, what);
}

int fail(int exit_code, const std::string& what) {
  print_error(kBenchName, what);
  return exit_code;
}

bool gpu_is_required() {
  const char* value = std::getenv("WARPGAUGE_REQUIRE_GPU");
  return value && std::string_view(value) == "1";
}

int nothing_checked(const std::string& why) {
  const std::string text = fmt::format("nothing was measured: {}", why);
  if (gpu_is_required()) return fail(kExitFailed, text + "; WARPGAUGE_REQUIRE_GPU=1 makes this an error");
  warn(text);
  return kExitNothingChecked;
}

// No case matches, on this or any machine.
UsageError why_no_case(const Selection& selection, std::span<const Kernel* const> kernels,
                       const Options& options) {
  constexpr const char* kFilter = "--benchmark_filter";
  if (!selection.too_long.empty())
    return UsageError(
        fmt::format("{}: too much work for the matrix {}, as for all selected cases; use smaller shapes, "
                    "for example --axis=S=128",
                    selection.too_long.front(), options.matrix->name));
  if (!selection.emulated.empty())
    return bad_flag(kFilter, options.filter,
                    fmt::format("selects only emulated kernels ({}), which are never timed",
                                fmt::join(selection.emulated, ", ")),
                    "check them with fuzz");
  std::vector<std::string> ids;
  for (const Kernel* kernel : kernels) ids.push_back(kernel->id());
  const std::string suggestion = did_you_mean(options.filter, ids);
  return bad_flag(
      kFilter, options.filter, fmt::format("matches no case of the matrix {}", options.matrix->name),
      fmt::format("{}{}--benchmark_list_tests lists all cases", suggestion, suggestion.empty() ? "" : " "));
}

// An exit code if no case can be measured here. Warns of cases that are excluded. Throws UsageError if no
// machine could measure one.
std::optional<int> reason_to_stop(const Selection& selection, std::span<const Kernel* const> kernels,
                                  const Options& options) {
  if (gpu_is_required())
    if (const std::string missing = backend_unavailable(Backend::cuda); !missing.empty())
      return fail(kExitFailed, fmt::format("a GPU is required (WARPGAUGE_REQUIRE_GPU=1): {}", missing));
  if (std::ranges::any_of(selection.cases, [](const Case& each) { return each.unsupported.empty(); })) {
    for (const auto& [backend, reason] : selection.missing_backends)
      warn(fmt::format("{} kernels are excluded: {}", backend_name(backend), reason));
    if (!options.filter.empty() && !selection.unbuilt.empty())
      warn(fmt::format("this build does not contain {}", fmt::join(selection.unbuilt, ", ")));
    return std::nullopt;
  }
  if (!selection.cases.empty()) {
    const Case& first = selection.cases.front();
    throw UsageError(fmt::format("no selected case is supported; {}: {}", first.name, first.unsupported));
  }
  if (!selection.missing_backends.empty()) {
    const auto& [backend, reason] = *selection.missing_backends.begin();
    return nothing_checked(fmt::format("the selected cases need {}: {}", backend_name(backend), reason));
  }
  if (!selection.unbuilt.empty())
    return nothing_checked(fmt::format("this build does not contain {} ({})",
                                       fmt::join(selection.unbuilt, ", "),
                                       backend_unavailable(Backend::cuda)));
  throw why_no_case(selection, kernels, options);
}

bool has_backend(std::span<const Case> cases, Backend backend) {
  return std::ranges::any_of(cases, [backend](const Case& each) {
    return each.unsupported.empty() && each.kernel->backend == backend;
  });
}

struct Measurement {
  std::vector<CaseResult> results;
  BackendRuntimes runtimes;
  Plan plan;
  Environment environment;
};

// Checks all cases, fully or by the hashes of earlier processes.
void check(Measurement& m, std::span<const Case> cases, const Options& options, const std::string& gpu) {
  const std::string surroundings = fmt::format("{}; {}", library_versions(), gpu);
  CheckedStore store(kCheckedDirectory, running_program_hash(surroundings), options.seed, options.threads);
  if (!store.damage().empty()) warn(fmt::format("{}; the cases are checked again", store.damage()));
  m.results = check_cases(cases, m.runtimes, store, options.seed, options.threads);
  if (const std::string reason = store.save(); !reason.empty())
    warn(fmt::format("the next process will check all cases again: {}", reason));
}

Measurement measure(const Options& options, std::span<const Case> cases) {
  const std::vector<int> cpus = allowed_cpus();
  std::optional<GpuInfo> gpu;  // before a case can make the device unusable
  if (has_backend(cases, Backend::cuda)) gpu = gpu_info();
  require_memory(cases, options.threads, gpu ? static_cast<double>(gpu->free_memory_bytes) : 0);
  std::shared_ptr<const Nvml> nvml;
  if (gpu) {
    nvml = Nvml::open(gpu->uuid);
    if (!nvml) warn("NVML is missing: clocks, temperature and power of the GPU are not recorded");
  }
  NvmlMonitor monitor(nvml);  // before threads are pinned, or it would share a CPU with the kernel

  Measurement m;
  m.runtimes = make_runtimes(cases, options, options.threads);
  check(m, cases, options, gpu ? gpu->name : "no GPU");
  pin_threads(options.threads, cpus);  // after the check: the oracle uses all CPUs
  if (!options.dry_run) m.plan = measure_cases(m.results, m.runtimes, options);
  check_timed_rows(m.results, m.runtimes);
  refuse_impossible_times(m.results, m.runtimes);
  check_again(m.results, m.runtimes, options.seed);
  m.environment = describe_environment({.options = options,
                                        .threads = options.threads,
                                        .cpus_allowed = static_cast<int>(cpus.size()),
                                        .cpu_cases = has_backend(cases, Backend::cpu),
                                        .gpu = gpu ? &*gpu : nullptr,
                                        .nvml = nvml.get()});
  m.environment.info.merge(monitor.finish());
  for (const auto& [backend, runtime] : m.runtimes)
    m.environment.info.merge(describe(runtime.ceilings, backend_name(backend)));
  m.environment.settings["repetitions"] = std::to_string(m.plan.repetitions);
  return m;
}

// Such a median is that of a mixture, for example of launches that did the work and launches that did not.
void warn_of_unsteady(std::span<const CaseResult> results) {
  constexpr double kLargestCv = 1;
  for (const CaseResult& result : results) {
    if (result.failed() || !result.timed()) continue;
    const SampleStatistics s = summarize(result.all_samples_ns());
    if (s.cv > kLargestCv)
      warn(fmt::format(
          "{}: the coefficient of variation of its {} is {:.0f} %: median {}, 99th percentile {}; "
          "is the machine busy, or does the kernel skip work?",
          result.measured.name, format_count(std::ssize(result.all_samples_ns()), "samples"), 100 * s.cv,
          format_duration(s.p50), format_duration(s.p99)));
  }
}

std::string json_text_of(Measurement& m, const Options& options) {
  JsonReporter reporter(m.results, m.environment, options.context);
  report_results(m.results, m.runtimes, std::max(1, m.plan.repetitions), reporter);
  const std::string text = reporter.text();
  if (!Json::accept(text)) throw std::runtime_error("the results are not JSON; please report this bug");
  return text;
}

// The results are not lost: they are saved in another place.
int fail_to_write(const std::string& what, const std::string& json) {
  const std::string saved = json.empty() ? "" : save_elsewhere(json);
  return fail(kExitOutput, saved.empty() ? what : fmt::format("{}; the results are in {}", what, saved));
}

// Writes the table or JSON to stdout, and JSON to --benchmark_out.
int write_results(Measurement& m, const Options& options) {
  const std::string json = options.dry_run ? "" : json_text_of(m, options);
  int exit_code = kExitOk;
  try {
    if (!options.out.empty()) write_output(options.out, json);
  } catch (const OutputError& error) {
    exit_code = fail_to_write(error.what(), json);
  }
  const bool is_saved = !options.out.empty() && exit_code == kExitOk;
  try {
    if (options.json_on_stdout)
      print_document(json_document(json));
    else
      print(table_of(m.results, m.runtimes));
  } catch (const OutputError& error) {
    exit_code = fail_to_write(error.what(), is_saved ? "" : json);
  }
  return exit_code;
}

std::string indented(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    text.insert(at + 1, "  ");
  return text;
}

// Prints what is wrong with the results. False if anything is.
bool report_failures(const Measurement& m, const std::optional<Minima>& minima) {
  for (const auto& [backend, runtime] : m.runtimes)
    if (!runtime.lost.empty()) print_error(kBenchName, runtime.lost);
  bool is_right = true;
  for (const CaseResult& result : m.results) {
    if (!result.failed()) continue;
    is_right = false;
    print_error(kBenchName, fmt::format("{}: {}\n  reproducer: {}", result.measured.name,
                                        indented(result.failure), result.measured.reproducer));
  }
  if (!minima) return is_right;
  for (const std::string& reason : shortfalls(*minima, m.results, m.environment.identity)) {
    is_right = false;
    print_error(kBenchName, reason);
  }
  return is_right;
}

// The values of flags that only the system can judge. Throws UsageError.
std::optional<Minima> check_files_and_threads(const Options& options) {
  require_cpus(options.threads, allowed_cpus());
  try {
    if (!options.out.empty()) require_writable(options.out);
  } catch (const OutputError& error) {
    throw UsageError(fmt::format("--benchmark_out: {}", error.what()));
  }
  try {
    if (!options.assert_min.empty()) return read_minima(options.assert_min);
  } catch (const Diagnostic& error) {
    throw UsageError(fmt::format("--assert-min: {}", error.what()));
  }
  return std::nullopt;
}

int print_and_exit(const std::string& text) {
  print(text);
  return kExitOk;
}

int run(std::span<const Kernel* const> kernels, const Options& options) {
  if (options.list_kernels) return print_and_exit(kernel_list(kernels, unbuilt_kernels()));
  if (options.list_matrices) return print_and_exit(matrix_list(kernels));
  if (options.list_problems) return print_and_exit(problem_list(options));
  const std::optional<Minima> minima = check_files_and_threads(options);
  const Selection selection = select_cases(kernels, options);
  if (const auto exit_code = reason_to_stop(selection, kernels, options)) return *exit_code;
  if (options.list_cases) {
    std::string names;
    for (const Case& each : selection.cases) names += each.name + "\n";
    return print_and_exit(names);
  }
  initialize_google_benchmark(options.program);
  Measurement m = measure(options, selection.cases);
  warn_of_unsteady(m.results);
  const int exit_code = write_results(m, options);
  const bool is_right = report_failures(m, minima);
  return exit_code != kExitOk || is_right ? exit_code : kExitFailed;
}

}  // namespace

int run_bench(std::span<const Kernel* const> kernels, int argc, char** argv) {
  prepare_for_out_of_memory(
      "warpgauge-bench: error: out of memory; use smaller shapes, or select fewer cases\n", kExitFailed);
  install_crash_notes(kBenchName);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is then a failed write, which is reported
  try {
    const ParsedOptions parsed = parse_options(argc, argv);
    if (parsed.exit_code) return *parsed.exit_code;
    return run(kernels, parsed.options);
  } catch (const UsageError& error) {
    return fail(kExitUsage, error.what());
  } catch (const OutputError& error) {
    return fail(kExitOutput, error.what());
  } catch (const std::bad_alloc&) {
    return complain_of_memory();
  } catch (const std::exception& error) {
    return fail(kExitFailed, error.what());
  }
}

}  // namespace warpgauge::bench
