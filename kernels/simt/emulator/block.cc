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
      actors_(plan.threads),
      arena_(plan.shared_bytes),
      shadow_(plan.check_memory ? arena_.capacity() : 0, plan.threads / kLanes, actors_.async_warps()),
      banks_(plan.threads / kLanes),
      stacks_(plan.threads),
      threads_(static_cast<std::size_t>(plan.threads)),
      warps_(static_cast<std::size_t>(plan.threads / kLanes)) {}

namespace {

// Of a thread when its kernel starts, as launch bounds with one block a multiprocessor give them.
int initial_registers(int threads) {
  return std::min(255, 65536 / threads) / 8 * 8;
}

}  // namespace

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
    thread.clock = {thread.index, 1, {nothing, nullptr}};
    thread.copies.clear();
    thread.committed_groups = 0;
    thread.stores.clear();
    thread.committed_stores = 0;
    thread.registers.reset();
    thread.fiber.start(stacks_.stack(thread.index), enter);
  }
  for (Warp& warp : warps_) {
    warp = Warp{};
    warp.ready = ~0u;
  }
  registers_of_warp_.assign(warps_.size(), initial_registers(plan_.threads));
  wgmmas_ = std::vector<WgmmaQueue>(warps_.size());
  const std::size_t warpgroups = (warps_.size() + kWarpsOfGroup - 1) / kWarpsOfGroup;
  warpgroups_.assign(warpgroups, {});
  wgmma_waiters_.assign(warpgroups, {});
  for (Barrier& barrier : barriers_) barrier = Barrier{};
  actors_.reset();
  mbarriers_.clear();
  mbarriers_made_ = 0;
  loads_.clear();
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
  if (broken_by_) std::rethrow_exception(std::exchange(broken_by_, nullptr));
  if (error_) throw *error_;
}

void Block::enter() {
  Block& block = *current_block;
  try {
    block.watch();
    block.plan_.body(block.plan_.params);
    unwatched_memory = kAllMemory;
    block.finish_thread();
  } catch (const Failed&) {  // left below: a fiber that is not resumed must not hold an exception
  } catch (...) {            // a limit of the emulator's, not a finding
    block.broken_by_ = std::current_exception();
  }
  unwatched_memory = kAllMemory;
  block.leave();
}

// What a thread must not leave behind.
void Block::check_exit(const DeviceThread& self, const Warp& warp) {
  const auto in_flight = [&](const char* what, Site site) {
    fail(FindingKind::copy_in_flight, [&] {
      return std::string("exits before ") + what + " that it began at " + describe(site) + " has landed";
    });
  };
  if (!self.copies.empty()) in_flight("a copy", self.copies.front().site);
  if (!self.stores.empty()) in_flight("a TMA store", self.stores.front().site);
  if (const auto& products = wgmmas_[self.warp].products; !products.empty())
    fail(FindingKind::register_in_flight, [&] {
      return "exits before the wait for a wgmma that it began at " + describe(products.front().site);
    });
  if (const WarpgroupStep* missed =
          warpgroups_[self.warp / kWarpsOfGroup].missed_by(self.warp % kWarpsOfGroup))
    fail(FindingKind::divergence, [&] {
      return std::string("exits without the ") + missed->what +
             " that other warps of its warpgroup have done\n    at " + describe(missed->site);
    });
  if (warp.arrived != 0)
    fail(FindingKind::divergence, [&] {
      return std::string("exits while lanes of its warp wait at ") + warp.collective + " at " +
             describe(warp.site);
    });
}

void Block::finish_thread() {
  DeviceThread& self = *running_;
  Warp& warp = warps_[self.warp];
  check_exit(self, warp);
  self.exited = true;
  warp.exited |= 1u << self.lane;
  if (warp.exited == ~0u && plan_.count_bank_conflicts) banks_.flush(self.warp);
  warp.ready &= ~(1u << self.lane);
  if (warp.ready == 0) ready_warps_ &= ~(1u << self.warp);
  if (--alive_ == 0) {
    if (!loads_.empty())
      fail(FindingKind::copy_in_flight, [&] {
        return "exits, the last of the block, before a TMA load of thread " +
               std::to_string(loads_.front().thread) + " has landed\n    at " + describe(loads_.front().site);
      });
    Fiber::switch_between(self.fiber, scheduler_);
  }
  resume(next());
}

bool Block::moves_at_once() {
  const CopyTiming timing = plan_.copy_timing();
  return timing == CopyTiming::eager || (timing == CopyTiming::random && random_() % 2 == 0);
}

ActorClock Block::clock_behind(int actor, std::uint32_t event, std::span<const DeviceThread> threads) {
  Knowledge all = threads.front().clock.knows;
  Knowledge last = all;
  for (const DeviceThread& thread : threads) {
    if (thread.clock.knows == last) continue;
    last = thread.clock.knows;
    Lesson(last).teach(all);
  }
  auto known = std::make_shared<VectorClock>(*all.known);
  for (const DeviceThread& thread : threads) raise(*known, thread.index, thread.clock.now);
  return {actor, event, {std::move(known), all.fenced}};
}

// Who runs now. What TMA loads comes when nothing else can run, or by chance before.
DeviceThread& Block::next() {
  const auto land_some = [this] { land_load(plan_.seed == 0 ? 0 : random_() % loads_.size()); };
  if (!loads_.empty() && plan_.copy_timing() == CopyTiming::random && random_() % 4 == 0) land_some();
  DeviceThread* thread = choose();
  while (!thread && !loads_.empty()) {
    land_some();
    thread = choose();
  }
  if (!thread) fail_stuck();
  return *thread;
}

DeviceThread* Block::choose() {
  if (ready_warps_ == 0) return nullptr;
  int warp, lane;
  if (plan_.seed == 0) {
    const std::uint32_t own = running_ ? 1u << running_->warp : 0;
    warp = running_ && (ready_warps_ & own) ? running_->warp : std::countr_zero(ready_warps_);
    lane = std::countr_zero(warps_[warp].ready);
  } else {
    // Any warp that can run, each as likely as the others; of its lanes the first from a random place on.
    std::uint32_t warps = ready_warps_;
    for (auto skip = random_() % std::popcount(ready_warps_); skip > 0; --skip) warps &= warps - 1;
    warp = std::countr_zero(warps);
    const auto from = static_cast<int>(random_() % kLanes);
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
  DeviceThread& other = next();
  if (&other != &self) resume(other);
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
  fail(has_diverged() ? FindingKind::divergence : FindingKind::deadlock, [&] {
    return std::string(running_->exited ? "exits, and nobody else can run:"
                                        : "waits, and so do all others:") +
           who_waits_where() + mbarriers_waited_for();
  });
}

}  // namespace warpgauge::simt::emulator
