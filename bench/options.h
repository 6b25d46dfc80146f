// The command line of bench: its own flags, and those of Google Benchmark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/flag_table.h"
#include "bench/matrix.h"

namespace warpgauge::bench {

enum class CacheMode {
  cold,  // operands are evicted before each sample. GPU: L2 is overwritten. CPU: cache lines are flushed
  warm,  // as the previous sample left them
};

[[nodiscard]] const char* cache_mode_name(CacheMode mode);

struct Options {
  std::string program = "bench";  // path as it was called, for reproducers
  const Matrix* matrix = nullptr;
  Axes axes;
  std::vector<Dtype> dtypes;       // empty: those of the matrix
  std::optional<CacheMode> cache;  // unset: cold on a GPU, warm on a CPU, as in typical use
  std::optional<double> process_seconds;
  // Of a CPU kernel. On a shared machine more threads measure the other processes too: a sample is as slow as
  // the thread that was descheduled the longest.
  int threads = 1;
  int device = 0;
  std::uint64_t seed = 1;

  std::string assert_min;  // file of minimum throughputs; empty: none
  std::string filter;
  bool list_cases = false;
  bool list_kernels = false;
  bool list_matrices = false;
  bool list_problems = false;
  bool dry_run = false;  // check only
  std::optional<int> repetitions;
  std::string out;  // path of the JSON; empty: none
  bool json_on_stdout = false;
  std::vector<std::pair<std::string, std::string>> context;  // of --benchmark_context, in order

  [[nodiscard]] CacheMode cache_of(Backend backend) const {
    return cache.value_or(backend == Backend::cuda ? CacheMode::cold : CacheMode::warm);
  }
  [[nodiscard]] double seconds() const { return process_seconds.value_or(matrix->process_seconds); }
  [[nodiscard]] bool selects_explicitly() const {
    return !axes.empty() || !dtypes.empty() || !filter.empty();
  }
};

// All flags; they set `options`.
[[nodiscard]] FlagTable flag_table(Options& options);

struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;  // set if the program must end: after --help, --version or a usage error
};

// Prints what --help and --version request, and usage errors. argv[0] is the program.
[[nodiscard]] ParsedOptions parse_options(int argc, const char* const* argv);

// A shell command that runs one case with the same inputs and settings.
[[nodiscard]] std::string reproducer(const Options& options, const std::string& case_name);

}  // namespace warpgauge::bench
