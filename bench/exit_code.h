// Exit codes of bench.
#pragma once

namespace warpgauge::bench {

enum ExitCode {
  kExitOk = 0,               // every selected case was checked and timed
  kExitFailed = 1,           // a case was wrong or failed, or a required GPU is missing
  kExitUsage = 2,            // the command line is wrong, or it selects no case
  kExitOutput = 5,           // an output could not be written after the measurement; as in compare
  kExitNothingChecked = 77,  // the selected cases cannot run here: no GPU, or a build without CUDA
};

inline constexpr char kBenchName[] = "warpgauge-bench";  // in front of each message

}  // namespace warpgauge::bench
