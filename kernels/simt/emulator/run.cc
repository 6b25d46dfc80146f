// Distributes the blocks of a launch over OS threads.
#include <fmt/format.h>

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
  if (plan.threads < kWarpSize || plan.threads > kMaxBlockThreads || plan.threads % kWarpSize != 0)
    throw std::invalid_argument(
        fmt::format("{}: {} threads per block; required: a multiple of {}, at most {}", plan.kernel,
                    plan.threads, kWarpSize, kMaxBlockThreads));
  constexpr int kMaxBlocks = 65535;  // CUDA programming guide, "Compute Capabilities": along y and z
  const auto [x, y, z] = plan.grid;
  if (x < 1 || y < 1 || z < 1 || y > kMaxBlocks || z > kMaxBlocks)
    throw std::invalid_argument(fmt::format(
        "{}: grid ({}, {}, {}); required: at least 1 block along each axis, at most {} along y and z",
        plan.kernel, x, y, z, kMaxBlocks));
}

// The state that the OS threads of a launch share. Blocks start in order, and each started block runs to its
// end. The launch therefore always reports the lowest block with a finding.
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
