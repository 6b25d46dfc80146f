// A Google Benchmark binary: its cases, the flags that it accepts, and the flags of a measuring process.
//
// Any binary with Google Benchmark's main works. warpgauge-bench takes a time budget per process; other
// binaries take repetitions and a minimum time.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace warpgauge {

// The binary cannot be used: it does not start, does not list its cases, or has none.
class BinaryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct BenchBinary {
  std::string path;                    // as given by the user
  std::vector<std::string> arguments;  // given by the user, for every process
  std::vector<std::string> names;      // raw names, in the order in which it lists them
  bool takes_process_seconds = false;  // it plans its samples within a time budget
  bool interleaves = false;            // --benchmark_enable_random_interleaving (Google Benchmark >= 1.6)
};

// Lists the cases and finds out which flags the binary accepts, in `timeout_s` per process. A list counts if
// the process ends with exit code 0, and each line is a name with its end: a list that was cut off does not.
// Throws BinaryError, also if it lists no case and `may_be_empty` is false. Throws RunEnded if it is
// interrupted.
inline constexpr double kProbeTimeout_s = 60;
[[nodiscard]] BenchBinary probe_binary(const std::string& path, const std::vector<std::string>& arguments,
                                       double timeout_s, const std::atomic<bool>& interrupted,
                                       bool may_be_empty = false);

// How one process measures. Repetitions and minimum time are for binaries without a time budget.
struct MeasuringPlan {
  double process_s = 10;
  int repetitions = 20;
  double min_time_s = 0;  // of one repetition of one case
};

// Plans repetitions from the time of one iteration of each case, so that a process lasts about `process_s`.
// There are 20 repetitions, because short ones spread over the process average out the noise of a shared
// machine. If the cases are too slow there are fewer, but at least 3.
[[nodiscard]] MeasuringPlan plan_measuring(const std::vector<double>& iteration_s, double process_s);

// The plan for a later interim analysis with fewer cases: more repetitions keep the process equally long.
[[nodiscard]] MeasuringPlan scale_plan(const MeasuringPlan& plan, const std::vector<double>& all_iteration_s,
                                       const std::vector<double>& look_iteration_s);

// Flags with which `binary` runs exactly `names` and writes `out`.
[[nodiscard]] std::vector<std::string> measuring_arguments(const BenchBinary& binary,
                                                           const MeasuringPlan& plan,
                                                           const std::vector<std::string>& names,
                                                           const std::string& out, bool interleave);

}  // namespace warpgauge
