// The agents of a block: its threads, and the asynchronous operations that access shared memory.
//
// An agent is anything with its own component in a vector clock (C++ standard: execution agent). Asynchronous
// operations are agents of their own, because the issuing thread is ordered after them only once it has
// waited.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {

// Numbers the agents: threads, then the wgmmas of each warp, then TMA stores by thread, then TMA loads by
// mbarrier. All but the loads are grouped in warps of kWarpSize numbers, as shadow memory records readers.
class Agents {
 public:
  explicit Agents(int threads) : warps_(threads / kWarpSize) {}

  void reset() { storing_threads_.clear(); }

  // Warps of agents after those of the threads: one per warpgroup for wgmma, one for TMA stores.
  int async_warps() const { return warpgroups() + 1; }

  int wgmma(int warp) const {
    return kWarpSize * (warps_ + warp / kWarpsPerWarpgroup) + warp % kWarpsPerWarpgroup;
  }

  // The TMA stores of a thread. Throws std::length_error if more than kWarpSize threads of the block store.
  int store(int thread) {
    const auto found = std::find(storing_threads_.begin(), storing_threads_.end(), thread);
    const auto slot = static_cast<int>(found - storing_threads_.begin());
    if (found == storing_threads_.end()) storing_threads_.push_back(thread);
    if (slot >= kWarpSize)
      throw std::length_error("emulator limit: more than 32 threads of a block issue TMA stores");
    return first_store() + slot;
  }

  // The TMA loads that complete on an mbarrier.
  int loads(int mbarrier) const { return first_store() + kWarpSize + mbarrier; }

  // "thread 7", "a wgmma of warp 4", ...
  std::string name(int agent) const {
    const int warp = agent / kWarpSize, lane = agent % kWarpSize;
    if (warp < warps_) return "thread " + std::to_string(agent);
    if (agent < first_store())
      return "a wgmma of warp " + std::to_string((warp - warps_) * kWarpsPerWarpgroup + lane);
    if (agent < loads(0))
      return "a TMA store of thread " + std::to_string(storing_threads_[static_cast<std::size_t>(lane)]);
    return "a TMA load";
  }

 private:
  int warpgroups() const { return (warps_ + kWarpsPerWarpgroup - 1) / kWarpsPerWarpgroup; }
  int first_store() const { return kWarpSize * (warps_ + warpgroups()); }

  int warps_;
  std::vector<int> storing_threads_;
};

}  // namespace warpgauge::simt::emulator
