// Runs one process of an A/B run until its results are usable. Drops the cases that make it fail.
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

// The run cannot continue: it was interrupted, or a side fails and no single case causes that.
class RunEnded : public std::runtime_error {
 public:
  explicit RunEnded(const std::string& cause, std::optional<Side> side = {})
      : runtime_error(cause), by(side) {}
  std::optional<Side> by;  // the side that failed
};

// The place of a process in the run, counted from 1.
struct ProcessPlace {
  int look = 1, block = 1, position = 1;
  Side side = Side::base;
};

class ProcessRunner {
 public:
  static constexpr int kMostDropped = 5;  // cases that made a process crash or hang

  ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted);

  // The results of `names` (raw), without the cases that had to be dropped. Calls `drop` for each of those.
  // Throws RunEnded.
  using OnDropped = std::function<void(const std::string& raw_name, const std::string& cause)>;
  [[nodiscard]] Process run(const ProcessPlace& place, std::vector<std::string> names,
                            const MeasuringPlan& plan, const OnDropped& drop);

  const std::vector<RunRow>& rows() const { return rows_; }  // of all processes so far
  const BenchBinary& binary(Side side) const { return binaries_[static_cast<std::size_t>(side)]; }

 private:
  // The case that makes a process fail. Not reproduced: the process does not fail if its cases run one by
  // one.
  struct Culprit {
    bool reproduced = false;
    std::string raw_name;  // empty: no single case causes it
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
  int dropped_ = 0;
};

}  // namespace warpgauge
