// The command line of fuzz.
#pragma once

#include <cstdint>
#include <optional>
#include <regex>
#include <vector>

#include "fuzz/oracle.h"
#include "fuzz/replay.h"
#include "kernels/kernel.h"

namespace warpgauge {

struct Flags {
  std::regex kernel{"."};
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 500;  // a kernel
  double seconds = 0;         // a kernel; 0: no limit
  std::vector<Replay> replays;
  OracleBackend oracle = OracleBackend::automatic;
};

struct ParsedFlags {
  Flags flags;
  std::optional<int>
      exit_code;  // set where the program is to end: help was asked for, or the flags are wrong
};

// Prints help or what is wrong with the flags. Arguments are as main gets them, without GoogleTest's.
ParsedFlags parse_flags(const std::vector<char*>& arguments);

// Whether this kernel is asked for: by --kernel, and by --replay where its line names one.
bool is_wanted(const Kernel& kernel, const Flags& flags);

}  // namespace warpgauge
