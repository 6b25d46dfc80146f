// Distributes the blocks of a launch over OS threads.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/global_memory.h"

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

// The order of the blocks: position -> (factor * position + start) modulo the number of blocks, with a factor
// that has no common divisor with it. For any two blocks some seeds run the one first, some the other. Seed
// 0: 0, 1, 2, ...
class BlockOrder {
 public:
  BlockOrder(std::int64_t blocks, std::uint64_t seed) : blocks_(blocks) {
    if (seed == 0 || blocks < 2) return;
    std::seed_seq seeds{seed, seed >> 32, std::uint64_t{0x0b10c4}};
    std::mt19937_64 random(seeds);
    const auto below = [&](std::int64_t limit) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
    };
    start_ = below(blocks);
    do factor_ = 1 + below(blocks - 1);
    while (std::gcd(factor_, blocks) != 1);
  }
  std::int64_t block(std::int64_t position) const {
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>((static_cast<Wide>(factor_) * position + start_) % blocks_);
  }

 private:
  std::int64_t blocks_, factor_ = 1, start_ = 0;
};

// The state that the OS threads of a launch share. Blocks start in the drawn order, and each started block
// runs to its end. The launch therefore always reports the first block in this order that has a finding.
class Grid {
 public:
  explicit Grid(const Plan& plan)
      : plan_(plan),
        blocks_(std::int64_t{plan.grid[0]} * plan.grid[1] * plan.grid[2]),
        order_(blocks_, plan.seed),
        global_(plan) {}

  std::int64_t blocks() const { return blocks_; }

  void work() {
    std::int64_t position = 0;
    try {
      Block block(plan_, global_);
      while ((position = next_.fetch_add(1)) < blocks_) {
        block.run(order_.block(position), position);
        global_.end_turn(position);
      }
      add(block.statistics());
    } catch (...) {
      failed(position);
      global_.end_turn(position);
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

  void failed(std::int64_t position) {
    next_.store(blocks_);
    const std::lock_guard lock(mutex_);
    if (error_ && failed_ < position) return;
    error_ = std::current_exception();
    failed_ = position;
  }

  const Plan& plan_;
  const std::int64_t blocks_;
  const BlockOrder order_;
  GlobalMemory global_;
  std::atomic<std::int64_t> next_ = 0;
  std::mutex mutex_;
  Statistics statistics_;
  std::exception_ptr error_;
  std::int64_t failed_ = 0;  // its position in the order
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
