// An mbarrier as the PTX ISA defines it: a phase completes when all its arrivals have come and as many bytes
// have been copied as were announced; then the next begins, with the other parity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernels/simt/emulator/vector_clock.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

struct DeviceThread;

inline constexpr std::int64_t kMostMbarrierCount = (1 << 20) - 1;  // of arrivals, and of bytes in flight

struct Mbarrier {
  int index = 0;  // among those of the block
  int initialiser = 0;
  std::uint32_t initialised = 0;  // the initialiser's event
  Site site;                      // of the initialisation
  bool visible_to_async = false;  // a fence followed the initialisation
  int count = 0;                  // arrivals of a phase
  int pending = 0;                // those that have not come yet
  std::int64_t bytes = 0;         // announced and not yet copied; negative: copied before it was announced
  int parity = 0;                 // of the phase under way
  ClockJoin arrivals;             // of the phase under way
  Lesson completed;               // what the end of the last phase tells
  std::uint32_t loads = 0;        // that have landed

  struct Waiter {
    DeviceThread* thread;
    int parity;
  };
  std::vector<Waiter> waiting;  // those that have been released too, until they run

  bool is_complete() const { return pending == 0 && bytes == 0; }
  void begin_next_phase() {
    completed = Lesson(arrivals.take());
    pending = count;
    parity ^= 1;
  }

  // "in a phase of parity 0, short of 1 of 2 arrivals and of 4096 bytes"
  std::string state() const {
    return "in a phase of parity " + std::to_string(parity) + ", short of " + std::to_string(pending) +
           " of " + std::to_string(count) + " arrivals and of " + std::to_string(bytes) + " bytes";
  }
};

using Mbarriers = std::map<std::size_t, Mbarrier>;  // by offset in shared memory

}  // namespace warpgauge::simt::emulator
