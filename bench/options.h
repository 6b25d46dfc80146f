// The command line of the bench binary: its own options, and those of Google Benchmark that it answers itself
// because they are about results (filter, list, repetitions, output). What is left goes to Google Benchmark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/matrix.h"

namespace warpgauge::bench {

enum class CacheMode {
  cold,  // operands evicted before each sample: GPU, L2 flushed; CPU, cache lines flushed
  warm,  // as the sample before left them
};

const char* cache_mode_name(CacheMode mode);

struct Options {
  const Matrix* matrix = nullptr;
  Axes axes;
  std::vector<Dtype> dtypes;       // empty: the matrix's own
  std::optional<CacheMode> cache;  // unset: cold on a GPU, warm on a CPU, as their users meet them
  std::optional<double> process_seconds;
  // Of a CPU kernel. One is what a shared machine can measure: several must all be left alone at the same
  // moment.
  int threads = 1;
  int device = 0;
  std::uint64_t seed = 1;

  std::string assert_min;  // file of the least throughputs; empty: none are asserted
  std::string filter;
  bool list = false;
  bool dry_run = false;  // check, and measure nothing
  std::optional<int> repetitions;
  std::string out;  // path of the JSON; empty: none
  bool json_on_stdout = false;
  std::vector<std::pair<std::string, std::string>> context;  // of --benchmark_context, in order
  std::vector<std::string> google_flags;

  CacheMode cache_of(Backend backend) const {
    return cache.value_or(backend == Backend::cuda ? CacheMode::cold : CacheMode::warm);
  }
  double seconds() const { return process_seconds.value_or(matrix->process_seconds); }
  bool asked_for_cases() const { return !axes.empty() || !dtypes.empty() || !filter.empty(); }
};

// Parses the command line. When the program should end (help, a usage error) it has printed why, and the exit
// code is returned instead.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;
};
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace warpgauge::bench
