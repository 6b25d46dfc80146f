#include "kernels/simt/emulator/block.h"

#include <bit>
#include <cstdlib>
#include <utility>

namespace warpgauge::simt::emulator {
namespace {

thread_local Block* current_block = nullptr;

}  // namespace

constinit thread_local StackRange unwatched_memory = kAllMemory;

Block* Block::current() {
  return current_block;
}

Block::Block(const Plan& plan)
    : plan_(plan),
      arena_(plan.shared_bytes),
      shadow_(plan.check_memory ? arena_.capacity() : 0, plan.threads / kLanes),
      banks_(plan.threads / kLanes),
      stacks_(plan.threads),
      threads_(static_cast<std::size_t>(plan.threads)),
      warps_(static_cast<std::size_t>(plan.threads / kLanes)) {}

void Block::reset(std::int64_t linear_index) {
  const auto x = static_cast<std::int64_t>(plan_.grid[0]), y = static_cast<std::int64_t>(plan_.grid[1]);
  index_[0] = static_cast<int>(linear_index % x);
  index_[1] = static_cast<int>(linear_index / x % y);
  index_[2] = static_cast<int>(linear_index / x / y);
  std::seed_seq seeds{plan_.seed, plan_.seed >> 32, static_cast<std::uint64_t>(linear_index)};
  random_.seed(seeds);
  if (plan_.check_memory) shadow_.reset(arena_.used());
  arena_.reset();
  const auto nothing = std::make_shared<const VectorClock>(threads_.size());
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    DeviceThread& thread = threads_[i];
    thread.index = static_cast<int>(i);
    thread.warp = thread.index / kLanes;
    thread.lane = thread.index % kLanes;
    thread.exited = false;
    thread.waits_at = nullptr;
    thread.clock = {thread.index, 1, nothing};
    thread.copies.clear();
    thread.committed_groups = 0;
    thread.fiber.start(stacks_.stack(thread.index), enter);
  }
  for (Warp& warp : warps_) {
    warp = Warp{};
    warp.ready = ~0u;
  }
  for (Barrier& barrier : barriers_) barrier = Barrier{};
  ready_warps_ = warps_.size() == 32 ? ~0u : (1u << warps_.size()) - 1;
  alive_ = plan_.threads;
  error_.reset();
}

void Block::run(std::int64_t linear_index) {
  reset(linear_index);
  current_block = this;
  running_ = choose();
  Fiber::switch_between(scheduler_, running_->fiber);
  running_ = nullptr;
  current_block = nullptr;
  if (error_) throw *error_;
}

void Block::enter() {
  Block& block = *current_block;
  block.watch();
  block.plan_.body(block.plan_.params);
  unwatched_memory = kAllMemory;
  block.finish_thread();
}

void Block::finish_thread() {
  DeviceThread& self = *running_;
  Warp& warp = warps_[self.warp];
  if (!self.copies.empty())
    fail(FindingKind::copy_in_flight, [&] {
      return "exits before a copy that it began at " + describe(self.copies.front().site) + " has landed";
    });
  if (warp.arrived != 0)
    fail(FindingKind::divergence, [&] {
      return std::string("exits while lanes of its warp wait at ") + warp.collective + " at " +
             describe(warp.site);
    });
  self.exited = true;
  warp.exited |= 1u << self.lane;
  if (warp.exited == ~0u && plan_.count_bank_conflicts) banks_.flush(self.warp);
  warp.ready &= ~(1u << self.lane);
  if (warp.ready == 0) ready_warps_ &= ~(1u << self.warp);
  if (--alive_ == 0) Fiber::switch_between(self.fiber, scheduler_);
  DeviceThread* next = choose();
  if (!next) fail_stuck();
  resume(*next);
}

DeviceThread* Block::choose() {
  if (ready_warps_ == 0) return nullptr;
  int warp, lane;
  if (plan_.seed == 0) {
    const std::uint32_t own = running_ ? 1u << running_->warp : 0;
    warp = running_ && (ready_warps_ & own) ? running_->warp : std::countr_zero(ready_warps_);
    lane = std::countr_zero(warps_[warp].ready);
  } else {
    // The first that is ready from a random place on.
    const auto from = static_cast<int>(random_() % kLanes);
    warp = (std::countr_zero(std::rotr(ready_warps_, from)) + from) % kLanes;
    lane = (std::countr_zero(std::rotr(warps_[warp].ready, from)) + from) % kLanes;
  }
  return &threads_[warp * kLanes + lane];
}

void Block::resume(DeviceThread& next) {
  DeviceThread& self = *std::exchange(running_, &next);
  Fiber::switch_between(self.fiber, next.fiber);
}

void Block::wait(const char* what, Site site) {
  DeviceThread& self = *running_;
  self.waits_at = what;
  self.wait_site = site;
  Warp& warp = warps_[self.warp];
  warp.ready &= ~(1u << self.lane);
  if (warp.ready == 0) ready_warps_ &= ~(1u << self.warp);
  DeviceThread* next = choose();
  if (!next) fail_stuck();
  resume(*next);
}

void Block::make_ready(DeviceThread& thread) {
  thread.waits_at = nullptr;
  warps_[thread.warp].ready |= 1u << thread.lane;
  ready_warps_ |= 1u << thread.warp;
}

void Block::record(FindingKind kind, const std::string& what) {
  static constexpr const char* kTimings[] = {"eager", "late", "random"};
  const std::string place = "(" + std::to_string(index_[0]) + ", " + std::to_string(index_[1]) + ", " +
                            std::to_string(index_[2]) + ")";
  error_.emplace(kind, std::string(finding_name(kind)) + " in " + plan_.kernel + ", block " + place +
                           ": thread " + std::to_string(running_->index) + " " + what +
                           "\n  replay: schedule seed " + std::to_string(plan_.seed) + " (copies " +
                           kTimings[static_cast<int>(plan_.copy_timing())] + ")");
}

void Block::leave() {
  Fiber::switch_between(running_->fiber, scheduler_);
  std::abort();  // a failed block is never resumed
}

namespace {

bool wait_alike(const DeviceThread& a, const DeviceThread& b) {
  return a.exited == b.exited && (a.exited || (a.waits_at == b.waits_at && a.wait_site == b.wait_site));
}

}  // namespace

std::string Block::who_waits_where() const {
  std::string text;
  for (std::size_t i = 0; i < threads_.size();) {
    const DeviceThread& first = threads_[i];
    std::size_t end = i;
    while (end < threads_.size() && wait_alike(first, threads_[end])) ++end;
    text += "\n  threads " + std::to_string(i) + ".." + std::to_string(end - 1);
    text += first.exited ? " have exited"
                         : std::string(" wait at ") + first.waits_at + " at " + describe(first.wait_site);
    i = end;
  }
  return text;
}

// Whether lanes of one warp wait at different places.
bool Block::has_diverged() const {
  for (const DeviceThread& thread : threads_)
    if (!wait_alike(thread, threads_[static_cast<std::size_t>(thread.warp) * kLanes])) return true;
  return false;
}

void Block::fail_stuck() {
  fail(has_diverged() ? FindingKind::divergence : FindingKind::deadlock,
       [&] { return "waits, and so do all others:" + who_waits_where(); });
}

}  // namespace warpgauge::simt::emulator
