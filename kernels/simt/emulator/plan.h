// One launch, as the emulator runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace warpgauge::simt::emulator {

// Global memory that the kernel may touch.
struct GlobalRange {
  const char* name;
  const void* data;
  std::size_t bytes;
  bool writable;
};

// When asynchronous work (cp.async, TMA, wgmma) is done: at once, when a wait asks for it, or either by
// chance.
enum class CopyTiming { eager, late, random };

struct Plan {
  const char* kernel;        // for reports
  int grid[3];               // blocks along x, y, z
  int threads;               // of a block, a multiple of 32, at most 1024
  std::size_t shared_bytes;  // dynamic shared memory of a block
  std::vector<GlobalRange> memory;
  void (*body)(const void* params);
  const void* params;

  // 0 runs the warps in order, copies late. Any other seed draws both; the same seed runs the same way again,
  // whatever the number of OS threads.
  std::uint64_t seed = 0;
  int os_threads = 1;
  bool check_memory = true;  // shadow memory, bounds and races; without it only what costs nothing is checked
  bool count_bank_conflicts = false;

  CopyTiming copy_timing() const { return seed == 0 ? CopyTiming::late : static_cast<CopyTiming>(seed % 3); }
};

// Counted over all blocks, where the plan asks for it: how many passes shared memory needs beyond one for
// each 128 bytes' worth of a warp's access.
struct Statistics {
  std::int64_t shared_accesses = 0;  // of a warp
  std::int64_t bank_conflicts = 0;   // extra passes
};

// Runs the grid. Throws DeviceError with the finding of the lowest block that has one, std::invalid_argument
// for a plan that no GPU could run, and std::length_error past the emulator's own limits.
Statistics run(const Plan& plan);

}  // namespace warpgauge::simt::emulator
