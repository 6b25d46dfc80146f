// Measured results, as read from files: one Process per file, each with its cases. Times are nanoseconds.
// Readers fill these structs; matching and the statistics read them.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace warpgauge {

enum class Better { lower, higher };

// The number that is compared: real_time, cpu_time (ns), or the name of a counter.
struct Metric {
  std::string name = "real_time";
  Better better = Better::lower;  // for *_per_second, tflops, gbps: higher

  bool operator==(const Metric&) const = default;
};

// A time of 0 is read as this: the clock did not advance.
inline constexpr double kLeastTime_ns = 0.001;
// A clock cycle, if the context does not state one: 5 GHz is about the highest rate of a processor.
inline constexpr double kShortestCycle_ns = 0.2;

inline constexpr double kNanosecondsPerSecond = 1e9;
inline constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

// One row of the JSON. `samples` holds the single launches (samples_ns), if the row has them.
struct Repetition {
  double value = 0;
  std::vector<double> samples;
  std::vector<double> counters = {};  // those of ReadOptions, in its order; NaN if the row lacks one
  double real_per_cpu = kNotKnown;    // real_time / cpu_time, of a row with one thread
  double iterations = kNotKnown;
};

// The deviation of a case's samples, as a fraction, if the file has only their mean.
struct SampleNoise {
  double deviation = 0;
  double samples = 0;
};

struct Case {
  std::string name;      // by which cases are matched: without measurement settings
  std::string raw_name;  // as in the file
  std::vector<Repetition> repetitions;
  bool aggregate_only = false;  // the file has only aggregates; `repetitions` is the median row
  std::optional<SampleNoise> noise = {};
  bool has_final_name = false;  // `name` is used as it is, also if another case has it: --rename gave it
  bool listed = false;          // from the list of a binary, which need not have measured it (A/B runs)
  std::string failure;          // error message; if not empty, no number may be used
  std::string skip_reason;      // skipped on purpose (SkipWithMessage): not measured, not an error
  bool lacks_metric = false;    // of at least one row, if ReadOptions allow it
};

// context.warpgauge, or what a foreign file's context contains of it.
struct Context {
  bool fingerprinted = false;                   // identity is from context.warpgauge
  std::map<std::string, std::string> identity;  // a mismatch forbids comparing
  // What a plain context says about the hardware (num_cpus, caches, nvbench's device). It is also `identity`
  // if there is no context.warpgauge.
  std::map<std::string, std::string> derived_identity;
  std::map<std::string, std::string> state;  // a mismatch warns
  std::map<std::string, std::string> info;   // commit, date, host...: reported
  std::map<std::string, std::string> settings;
  std::optional<std::string> round;      // the same for processes of one boot within an hour
  std::string host_name;                 // a mismatch warns if a file is foreign
  std::set<std::string> exact_counters;  // that the producer declares exact
  double cycle_ns = 0;                   // of mhz_per_cpu; 0: unknown

  // Empty if unknown.
  [[nodiscard]] std::string info_of(const std::string& key) const {
    const auto found = info.find(key);
    return found == info.end() ? "" : found->second;
  }
};

struct Process {
  std::string file;
  std::string executable_path;  // of the benchmark, as the file names it; empty if it does not
  std::string executable;       // by which it is distinguished from other executables; empty if unknown
  Context context;
  std::vector<Case> cases;            // in the order of the file
  std::vector<std::string> warnings;  // unusual content that was ignored, with its place
  std::string lacking;                // the first row without the metric, as an error; empty: none
};

// One side of a comparison.
struct ResultSet {
  std::vector<Process> processes;
};

}  // namespace warpgauge
