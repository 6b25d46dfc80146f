// Who acts in a block, in one numbering: its threads, and those who read and write shared memory behind
// their backs. The latter have clocks of their own, because the thread that set them to work is not ordered
// after them before it has waited for them.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace warpgauge::simt::emulator {

class Actors {
 public:
  explicit Actors(int threads) : warps_(threads / kLanesOfWarp) {}

  void reset() { storing_threads_.clear(); }

  // Warps that follow the threads' in shadow memory: one for each warpgroup's wgmma, one for TMA stores.
  int async_warps() const { return warpgroups() + 1; }

  // The wgmmas of a warp.
  int wgmma(int warp) const { return kLanesOfWarp * (warps_ + warp / 4) + warp % 4; }

  // The TMA stores of a thread. Throws std::length_error when more than 32 threads of the block store.
  int store(int thread) {
    const auto found = std::find(storing_threads_.begin(), storing_threads_.end(), thread);
    const auto slot = static_cast<int>(found - storing_threads_.begin());
    if (found == storing_threads_.end()) storing_threads_.push_back(thread);
    if (slot >= kLanesOfWarp) throw std::length_error("a block in which more than 32 threads store by TMA");
    return first_store() + slot;
  }

  // The TMA loads that complete on an mbarrier.
  int loads(int mbarrier) const { return first_store() + kLanesOfWarp + mbarrier; }

  // "thread 7", "a wgmma of warp 4", ...
  std::string name(int actor) const {
    const int warp = actor / kLanesOfWarp, lane = actor % kLanesOfWarp;
    if (warp < warps_) return "thread " + std::to_string(actor);
    if (actor < first_store()) return "a wgmma of warp " + std::to_string((warp - warps_) * 4 + lane);
    if (actor < loads(0))
      return "a TMA store of thread " + std::to_string(storing_threads_[static_cast<std::size_t>(lane)]);
    return "a TMA load";
  }

 private:
  static constexpr int kLanesOfWarp = 32;
  int warpgroups() const { return (warps_ + 3) / 4; }
  int first_store() const { return kLanesOfWarp * (warps_ + warpgroups()); }

  int warps_;
  std::vector<int> storing_threads_;
};

}  // namespace warpgauge::simt::emulator
