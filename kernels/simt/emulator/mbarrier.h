// The state of an mbarrier (PTX ISA, "mbarrier"). A phase completes when the pending count and the tx-count
// are zero. The next phase has the other parity.
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

inline constexpr std::int64_t kMaxMbarrierCount = (1 << 20) - 1;  // of arrivals, and of the tx-count

struct Mbarrier {
  int index = 0;                  // in the block, by initialisation
  int initialiser = 0;            // thread
  std::uint32_t initialised = 0;  // the initialiser's event
  Site site;                      // of the initialisation
  bool visible_to_async = false;  // a fence followed the initialisation
  int count = 0;                  // arrivals per phase
  int pending = 0;                // arrivals that the current phase lacks
  std::int64_t tx_count = 0;      // bytes; negative if bytes were copied before they were expected
  int parity = 0;                 // of the current phase
  ClockJoin arrivals;             // of the current phase
  ReleaseClock completed;         // of the last phase
  std::uint32_t loads = 0;        // TMA loads that have completed

  struct Waiter {
    DeviceThread* thread;
    int parity;
  };
  std::vector<Waiter> waiting;  // includes released threads that have not run yet

  bool is_complete() const { return pending == 0 && tx_count == 0; }
  void begin_next_phase() {
    completed = ReleaseClock(arrivals.take());
    pending = count;
    parity ^= 1;
  }

  // "phase parity 0, pending arrivals 1 of 2, tx-count 4096 bytes"
  std::string state() const;
};

using Mbarriers = std::map<std::size_t, Mbarrier>;  // by offset in shared memory

}  // namespace warpgauge::simt::emulator
