// Runs one process of an A/B run until its results are usable. Drops the cases that make it fail.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/file_stamp.h"
#include "base/scratch_directory.h"
#include "compare/ab/bench_binary.h"
#include "compare/ab/examine.h"
#include "compare/ab/run_ended.h"
#include "compare/ab/run_record.h"

namespace warpgauge {

// The place of a process in the run, counted from 1.
struct ProcessPlace {
  int look = 1, block = 1, position = 1;
  Side side = Side::base;
};

// What the processes of a position measured: one process, or one per part of the names.
struct PositionResults {
  std::vector<std::string> files;  // in the run's folder
  std::vector<Process> parts;
};

class ProcessRunner {
 public:
  static constexpr int kMostDropped = 5;  // cases that made a process crash or hang

  ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted);

  // The results of `names` (raw), without the cases that had to be dropped. Calls `drop` for each of those.
  // Throws RunEnded.
  using OnDropped = std::function<void(const std::string& raw_name, const std::string& cause)>;
  [[nodiscard]] PositionResults run(const ProcessPlace& place, const std::vector<std::string>& names,
                                    const MeasuringPlan& plan, const OnDropped& drop);

  const std::vector<RunRow>& rows() const { return rows_; }  // of all processes so far
  const BenchBinary& binary(Side side) const { return binaries_[static_cast<std::size_t>(side)]; }

 private:
  using Names = std::vector<std::string>;
  // One process of a position.
  struct Part {
    ProcessPlace place;
    int number = 0;  // from 1; 0: the only one
    MeasuringPlan plan;

    std::string file() const;
    std::string retry_file() const;
  };
  // The case that makes a process fail. Not reproduced: the process does not fail if its cases run one by
  // one.
  struct Culprit {
    bool reproduced = false;
    std::string raw_name;  // empty: no single case causes it
    std::string fault;
  };
  Process run_part(const Part& part, Names& names, const OnDropped& drop);
  void drop_culprit(const Part& part, Names& names, const Culprit& culprit, const OnDropped& drop);
  Culprit find_culprit(const Part& part, const Names& names, bool timed_out);
  Culprit first_to_fail_alone(const Part& part, const Names& names);
  Culprit bisected(const Part& part, Names names);
  Examined run_again(const Part& part, const Names& names, double least_s);
  Examined run_once(const Part& part, const std::string& file, const Names& names, bool interleave);
  ChildResult run_process(const Part& part, const std::string& file, const Names& names, bool interleave);
  void check_binary(Side side) const;
  [[noreturn]] static void end_run(const Part& part, const std::string& fault);

  std::array<BenchBinary, 2> binaries_;  // by side
  ScratchDirectory links_;
  std::array<std::optional<FileStamp>, 2> stamps_;
  std::string directory_;
  ReadOptions read_;
  double timeout_s_;
  std::mt19937_64 random_;
  const std::atomic<bool>& interrupted_;
  std::vector<RunRow> rows_;
  int dropped_ = 0;
};

}  // namespace warpgauge
