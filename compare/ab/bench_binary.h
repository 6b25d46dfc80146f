// A Google Benchmark binary as the A/B driver sees it: what it can run, and how it is told to. Any binary
// that links Google Benchmark's main will do; ours is told its time budget, others are told repetitions and
// minimum times.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace warpgauge {

// The binary cannot be used at all: it does not start, does not list its cases, has none.
class BinaryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct BenchBinary {
  std::string path;                    // as given by the user
  std::vector<std::string> arguments;  // the user's, for every run
  std::vector<std::string> names;      // raw names, in listing order
  bool takes_process_seconds = false;  // it plans its own samples within a budget
  bool interleaves = false;            // --benchmark_enable_random_interleaving (Google Benchmark >= 1.6)
};

// Lists the cases and probes the flags, in `scratch`, a folder that exists. Throws BinaryError.
BenchBinary probe_binary(const std::string& path, const std::vector<std::string>& arguments,
                         const std::string& scratch, const std::atomic<bool>& interrupted);

// How one process is to measure. Repetitions and minimum time are for binaries that take no budget.
struct MeasuringPlan {
  double process_s = 10;
  int repetitions = 20;
  double min_time_s = 0;  // of one repetition of one case
};

// Plans repetitions from what one iteration of each case takes, so that a process lasts about `process_s`: 20
// repetitions (bursts spread over the process are what takes a shared machine's noise out), fewer where the
// cases are too slow, never fewer than 3.
MeasuringPlan plan_measuring(const std::vector<double>& iteration_s, double process_s);

// The same plan for a later look that runs fewer cases: more repetitions keep the process as long.
MeasuringPlan scale_plan(const MeasuringPlan& plan, const std::vector<double>& all_iteration_s,
                         const std::vector<double>& look_iteration_s);

// Flags that make `binary` run exactly `names` and write `out`.
std::vector<std::string> measuring_arguments(const BenchBinary& binary, const MeasuringPlan& plan,
                                             const std::vector<std::string>& names, const std::string& out,
                                             bool interleave);

}  // namespace warpgauge
