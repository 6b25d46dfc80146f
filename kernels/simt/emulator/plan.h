// The description of a launch for the emulator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace warpgauge::simt::emulator {

// Global memory that the kernel may access.
struct GlobalRange {
  const char* name;
  const void* data;
  std::size_t bytes;
  bool writable;
};

// When asynchronous operations (cp.async, TMA, wgmma) complete: at once, as late as the waits allow, or
// either at random.
enum class CopyTiming { eager, late, random };

struct Plan {
  const char* kernel;        // for reports
  int grid[3];               // blocks along x, y, z
  int threads;               // of a block: a multiple of kWarpSize, at most kMaxBlockThreads
  std::size_t shared_bytes;  // dynamic shared memory of a block
  std::vector<GlobalRange> memory;
  void (*body)(const void* params);
  const void* params;

  // 0 runs blocks and warps in order and completes copies late. Other seeds randomise all three. A seed gives
  // the same schedule for any number of OS threads.
  std::uint64_t seed = 0;
  int os_threads = 1;
  bool check_memory = true;  // bounds, initialisation and races
  bool count_bank_conflicts = false;

  CopyTiming copy_timing() const { return seed == 0 ? CopyTiming::late : static_cast<CopyTiming>(seed % 3); }
};

// Totals over all blocks. Zero unless the plan sets count_bank_conflicts.
struct Statistics {
  std::int64_t shared_accesses = 0;  // by a warp, of at most 128 bytes each
  std::int64_t bank_conflicts = 0;   // additional passes of these accesses
};

// Runs the grid. Throws DeviceError with the finding of the first block that has one, in the order of the
// seed, std::invalid_argument if no GPU could run the plan, and std::length_error if the kernel exceeds a
// limit of the emulator.
Statistics run(const Plan& plan);

}  // namespace warpgauge::simt::emulator
