// Blocks over OS threads.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "kernels/simt/emulator/block.h"

namespace warpgauge::simt::emulator {
namespace {

void check(const Plan& plan) {
  if (plan.threads < kLanes || plan.threads > kMostThreads || plan.threads % kLanes != 0)
    throw std::invalid_argument(std::string(plan.kernel) +
                                ": a block takes 32 to 1024 threads in whole warps, not " +
                                std::to_string(plan.threads));
  if (plan.grid[0] < 1 || plan.grid[1] < 1 || plan.grid[2] < 1 || plan.grid[1] > 65535 ||
      plan.grid[2] > 65535)
    throw std::invalid_argument(std::string(plan.kernel) +
                                ": a grid takes at least one block along each axis, and at "
                                "most 65535 along y and z");
}

// What the OS threads of a launch share. Blocks are given out in order and a block that was given out is
// finished, so that the lowest block with a finding is always found.
class Grid {
 public:
  explicit Grid(const Plan& plan)
      : plan_(plan), blocks_(std::int64_t{plan.grid[0]} * plan.grid[1] * plan.grid[2]) {}

  std::int64_t blocks() const { return blocks_; }

  void work() {
    std::int64_t index = 0;
    try {
      Block block(plan_);
      while ((index = next_.fetch_add(1)) < blocks_) block.run(index);
      add(block.statistics());
    } catch (...) {
      failed(index);
    }
  }

  Statistics finish() {
    if (error_) std::rethrow_exception(error_);
    return statistics_;
  }

 private:
  void add(const Statistics& statistics) {
    const std::lock_guard lock(mutex_);
    statistics_.shared_accesses += statistics.shared_accesses;
    statistics_.bank_conflicts += statistics.bank_conflicts;
  }

  void failed(std::int64_t index) {
    next_.store(blocks_);
    const std::lock_guard lock(mutex_);
    if (error_ && failed_ < index) return;
    error_ = std::current_exception();
    failed_ = index;
  }

  const Plan& plan_;
  const std::int64_t blocks_;
  std::atomic<std::int64_t> next_ = 0;
  std::mutex mutex_;
  Statistics statistics_;
  std::exception_ptr error_;
  std::int64_t failed_ = 0;
};

}  // namespace

Statistics run(const Plan& plan) {
  check(plan);
  Grid grid(plan);
  const auto helpers = std::min<std::int64_t>(std::max(plan.os_threads, 1), grid.blocks()) - 1;
  std::vector<std::jthread> threads;
  for (std::int64_t i = 0; i < helpers; ++i) threads.emplace_back([&grid] { grid.work(); });
  grid.work();
  threads.clear();  // joins
  return grid.finish();
}

}  // namespace warpgauge::simt::emulator
