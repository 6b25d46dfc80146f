// What was measured, as read from files: one Process per file, each with its cases. Times are nanoseconds.
// Readers fill these; matching and the statistics read them. Nothing here knows JSON.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace warpgauge {

enum class Better { lower, higher };

// The number that is compared: real_time, cpu_time (ns), or the name of a counter.
struct Metric {
  std::string name = "real_time";
  Better better = Better::lower;  // for *_per_second, tflops, gbps: higher
};

// One row of the JSON: a repetition. `samples` holds single launches (samples_ns), where the row has them.
struct Repetition {
  double value = 0;
  std::vector<double> samples;
  std::vector<double> counters = {};  // those of ReadOptions, in its order; NaN if the row lacks one
};

struct Case {
  std::string name;      // what cases are matched by: measurement settings stripped
  std::string raw_name;  // as it stands in the file
  std::vector<Repetition> repetitions;
  bool aggregate_only = false;  // only aggregate rows were there: `repetitions` is their median row
  bool listed = false;      // by a binary that was not asked to measure it: there need be no row (A/B runs)
  std::string failure;      // error message; not empty means that no number may be used
  std::string skip_reason;  // skipped on purpose (SkipWithMessage): not measured here, and not an error
};

// context.warpgauge, or what could be derived from a foreign file's context.
struct Context {
  bool fingerprinted = false;                   // identity stems from context.warpgauge
  std::map<std::string, std::string> identity;  // a mismatch forbids comparing
  // What a plain context tells of the hardware (num_cpus, caches, nvbench's device); `identity` where nothing
  // better is.
  std::map<std::string, std::string> derived_identity;
  std::map<std::string, std::string> state;  // a mismatch warns
  std::map<std::string, std::string> info;   // commit, date, host...: reported
  std::map<std::string, std::string> settings;
  std::optional<std::string> round;  // processes of one boot within an hour share it
  std::string host_name;             // a mismatch warns where a file is foreign

  // Empty where it is not told.
  std::string info_of(const std::string& key) const {
    const auto found = info.find(key);
    return found == info.end() ? "" : found->second;
  }
};

struct Process {
  std::string file;
  Context context;
  std::vector<Case> cases;            // in the order of the file
  std::vector<std::string> warnings;  // what was read past, each with its place
};

// One side of a comparison.
struct ResultSet {
  std::vector<Process> processes;
};

}  // namespace warpgauge
