// The command line of fuzz.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/flag_table.h"
#include "base/pattern.h"
#include "fuzz/oracle.h"
#include "fuzz/reproducer.h"

namespace warpgauge {

inline constexpr std::uint64_t kUnlimitedSeeds = std::numeric_limits<std::uint64_t>::max();

struct Flags {
  std::string program;      // path as it was called, for reproducers
  std::string kernel_text;  // of --kernel; empty: all kernels
  Pattern kernel{"."};
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 500;  // per kernel
  double seconds = 0;         // per kernel; 0: no limit
  bool corners = false;       // also draw expensive sizes
  std::int64_t cost = 0;      // of a random problem, in multiply-adds; 0: as the backend can bear
  std::vector<Reproducer> reproducers;
  std::string oracle_text = "auto";
  OracleBackend oracle = OracleBackend::automatic;
};

// All flags; they set `flags`.
[[nodiscard]] FlagTable flag_table(Flags& flags);

struct ParsedFlags {
  Flags flags;
  std::optional<int> exit_code;  // set if the program must end: after --help, --version or a usage error
};

// Prints what --help and --version request, and usage errors. `arguments` begins with the program and holds
// no flags of GoogleTest.
[[nodiscard]] ParsedFlags read_flags(std::span<const char* const> arguments);

}  // namespace warpgauge
