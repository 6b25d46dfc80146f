// What the bench binary's exit codes mean.
#pragma once

namespace warpgauge::bench {

enum ExitCode {
  kExitOk = 0,  // every selected case was checked and timed
  kExitFailed =
      1,           // a case was wrong or failed, a required GPU is missing, or an output could not be written
  kExitUsage = 2,  // the command line is wrong, or leaves no case to measure
};

}  // namespace warpgauge::bench
