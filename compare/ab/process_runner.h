// Runs one process of an A/B run and gets usable results out of it, or says which case or side is to blame.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/scratch_directory.h"
#include "compare/ab/bench_binary.h"
#include "compare/ab/examine.h"
#include "compare/ab/run_record.h"

namespace warpgauge {

// The run cannot go on: interrupted, or a side is at fault without a case to blame.
class RunEnded : public std::runtime_error {
 public:
  explicit RunEnded(const std::string& why, std::optional<Side> side = {}) : runtime_error(why), by(side) {}
  std::optional<Side> by;  // whose fault it is
};

// Where in the run a process stands, counted from 1.
struct ProcessPlace {
  int look = 1, block = 1, position = 1;
  Side side = Side::base;
};

class ProcessRunner {
 public:
  static constexpr int kMostExclusions = 5;  // of cases that made a process crash or hang

  ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted);

  // Results of `names` (raw) that the process was asked for, less what had to be taken out on the way:
  // `exclude` is told of each such case, by its raw name, and why. Throws RunEnded.
  using Exclude = std::function<void(const std::string& raw_name, const std::string& reason)>;
  Process run(const ProcessPlace& place, std::vector<std::string> names, const MeasuringPlan& plan,
              const Exclude& exclude);

  const std::vector<RunRow>& rows() const { return rows_; }  // of all processes so far
  const BenchBinary& binary(Side side) const { return binaries_[static_cast<std::size_t>(side)]; }

 private:
  // Which of the cases makes a process fail. Not reproduced: it does not fail when they run in turn.
  struct Culprit {
    bool reproduced = false;
    std::string raw_name;  // empty: no case is to blame
    std::string fault;
  };
  Culprit find_culprit(const ProcessPlace& place, const std::string& file,
                       const std::vector<std::string>& names, const MeasuringPlan& plan);
  Examined run_once(const ProcessPlace& place, const std::string& file, const std::vector<std::string>& names,
                    const MeasuringPlan& plan, bool interleave);

  std::array<BenchBinary, 2> binaries_;  // by side
  ScratchDirectory links_;
  std::string directory_;
  ReadOptions read_;
  double timeout_s_;
  std::mt19937_64 random_;
  const std::atomic<bool>& interrupted_;
  std::vector<RunRow> rows_;
  int exclusions_ = 0;
};

}  // namespace warpgauge
