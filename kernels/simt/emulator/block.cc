#include "kernels/simt/emulator/block.h"

#include <fmt/format.h>

#include <bit>
#include <cstdlib>
#include <utility>

namespace warpgauge::simt::emulator {
namespace {

thread_local Block* current_block = nullptr;

}  // namespace

constinit thread_local StackRange unchecked_range = kAllMemory;

Block* Block::current() {
  return current_block;
}

Block::Block(const Plan& plan, GlobalMemory& global)
    : plan_(plan),
      global_(global),
      agents_(plan.threads),
      arena_(plan.shared_bytes),
      shadow_(plan.check_memory ? arena_.capacity() : 0, plan.threads / kWarpSize, agents_.async_warps()),
      banks_(plan.threads / kWarpSize),
      stacks_(plan.threads),
      threads_(static_cast<std::size_t>(plan.threads)),
      warps_(static_cast<std::size_t>(plan.threads / kWarpSize)) {}

namespace {

// Registers per thread at the start of a kernel with __launch_bounds__(threads, 1).
int initial_registers(int threads) {
  return std::min(255, 65536 / threads) / 8 * 8;
}

}  // namespace

void Block::reset(std::int64_t linear_index, Contents contents) {
  const auto x = static_cast<std::int64_t>(plan_.grid[0]), y = static_cast<std::int64_t>(plan_.grid[1]);
  index_[0] = static_cast<int>(linear_index % x);
  index_[1] = static_cast<int>(linear_index / x % y);
  index_[2] = static_cast<int>(linear_index / x / y);
  linear_index_ = linear_index;
  std::seed_seq seeds{plan_.seed, plan_.seed >> 32, static_cast<std::uint64_t>(linear_index)};
  random_.seed(seeds);
  if (plan_.check_memory) shadow_.reset(arena_.used());
  arena_.reset(contents);
  journal_ = {};
  const auto zero = std::make_shared<const VectorClock>(threads_.size());
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    DeviceThread& thread = threads_[i];
    thread.index = static_cast<int>(i);
    thread.warp = thread.index / kWarpSize;
    thread.lane = thread.index % kWarpSize;
    thread.exited = false;
    thread.waits_at = nullptr;
    thread.clock = {thread.index, 1, {zero, nullptr, nullptr}};
    thread.copies.clear();
    thread.committed_groups = 0;
    thread.stores.clear();
    thread.committed_store_groups = 0;
    thread.registers.reset();
    thread.fiber.start(stacks_.stack(thread.index), enter);
  }
  for (Warp& warp : warps_) {
    warp = Warp{};
    warp.ready = kFullMask;
  }
  registers_of_warp_.assign(warps_.size(), initial_registers(plan_.threads));
  wgmmas_ = std::vector<WgmmaQueue>(warps_.size());
  const std::size_t warpgroups = (warps_.size() + kWarpsPerWarpgroup - 1) / kWarpsPerWarpgroup;
  warpgroups_.assign(warpgroups, {});
  wgmma_waiters_.assign(warpgroups, {});
  for (Barrier& barrier : barriers_) barrier = Barrier{};
  agents_.reset();
  mbarriers_.clear();
  mbarriers_initialised_ = 0;
  loads_.clear();
  ready_warps_ = warps_.size() == kMaxBlockThreads / kWarpSize ? ~0u : (1u << warps_.size()) - 1;
  running_threads_ = plan_.threads;
  uninitialised_.reset();
  error_.reset();
}

void Block::run(std::int64_t linear_index, std::int64_t position) {
  position_ = position;
  has_turn_ = false;
  behaviour_ = {};
  execute(linear_index, Contents::nan);
  if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  if (error_) throw *error_;
  if (uninitialised_) check_uninitialised_read(linear_index);
}

void Block::execute(std::int64_t linear_index, Contents contents) {
  reset(linear_index, contents);
  current_block = this;
  running_ = choose();
  Fiber::switch_between(scheduler_, running_->fiber);
  running_ = nullptr;
  current_block = nullptr;
}

// A kernel may read what it does not use: rows of a tile past the end of Q, whose products are not stored.
// The value of an uninitialised read matters if it reaches a store to global memory, an address or a branch.
// The block then writes other values, or behaves in another way, when shared memory holds something else
// before.
void Block::check_uninitialised_read(std::int64_t linear_index) {
  const UninitialisedRead read = *uninitialised_;
  const BankConflicts banks = banks_;
  const auto run_again = [&](Contents contents, const Behaviour& behaviour) {
    journal_.undo();
    behaviour_ = behaviour;
    execute(linear_index, contents);
  };
  run_again(Contents::nan, Behaviour::unlimited());  // as before, with notes
  const Behaviour expected = behaviour_;
  const std::uint64_t written = journal_.hash_of_contents();
  for (const Contents contents : {Contents::zero, Contents::one, Contents::random}) {
    run_again(contents, expected.limit());
    const char* difference = nullptr;
    if (error_ || exception_)
      difference = "the block ends with an error";
    else if (!behaviour_.same_as(expected))
      difference = "the block takes another path or accesses other memory";
    else if (journal_.hash_of_contents() != written)
      difference = "the block writes other values to global memory";
    exception_ = nullptr;
    if (difference)
      throw error_of(FindingKind::uninitialised, read.thread,
                     fmt::format("{}\n  its value matters: with other contents of shared memory, {}",
                                 read.text(), difference));
  }
  banks_ = banks;
}

void Block::enter() {
  Block& block = *current_block;
  try {
    block.check_plain_accesses();
    block.plan_.body(block.plan_.params);
    unchecked_range = kAllMemory;
    block.exit_thread();
  } catch (const Failed&) {  // continues below: an abandoned fiber must not hold an exception
  } catch (...) {            // a limit of the emulator
    block.exception_ = std::current_exception();
  }
  unchecked_range = kAllMemory;
  block.leave_block();
}

void Block::check_exit(const DeviceThread& self, const Warp& warp) {
  const auto in_flight = [&](const char* what, Site site) {
    fail(FindingKind::copy_in_flight, [&] {
      return fmt::format("exits before its {} completes, which it issued\n    at {}", what, describe(site));
    });
  };
  if (!self.copies.empty()) in_flight("copy_async", self.copies.front().site);
  if (!self.stores.empty()) in_flight("TMA store", self.stores.front().site);
  if (const auto& products = wgmmas_[self.warp].products; !products.empty())
    fail(FindingKind::register_in_flight, [&] {
      return fmt::format("exits without a wait for its wgmma, which it issued\n    at {}",
                         describe(products.front().site));
    });
  if (const WarpgroupStep* missed =
          warpgroups_[self.warp / kWarpsPerWarpgroup].missed_by(self.warp % kWarpsPerWarpgroup))
    fail(FindingKind::divergence, [&] {
      return fmt::format("exits without the {} that other warps of its warpgroup have executed\n    at {}",
                         missed->what, describe(missed->site));
    });
  if (warp.arrived != 0)
    fail(FindingKind::divergence, [&] {
      return fmt::format("exits while other lanes of its warp wait at {}\n    at {}", warp.collective,
                         describe(warp.site));
    });
}

void Block::exit_thread() {
  DeviceThread& self = *running_;
  Warp& warp = warps_[self.warp];
  check_exit(self, warp);
  self.exited = true;
  warp.exited |= 1u << self.lane;
  if (warp.exited == kFullMask && plan_.count_bank_conflicts) banks_.flush(self.warp);
  warp.ready &= ~(1u << self.lane);
  if (warp.ready == 0) ready_warps_ &= ~(1u << self.warp);
  if (plan_.check_memory) barriers_[0].clocks.release(self.clock);  // an exit counts as an arrival
  --running_threads_;
  complete_barrier_if_ready(0);
  if (running_threads_ == 0) {
    if (!loads_.empty())
      fail(FindingKind::copy_in_flight, [&] {
        return fmt::format(
            "exits as the last thread of the block before a TMA load completes, which thread {} issued\n"
            "    at {}",
            loads_.front().thread, describe(loads_.front().site));
      });
    Fiber::switch_between(self.fiber, scheduler_);
  }
  resume(next());
}

bool Block::completes_eagerly() {
  const CopyTiming timing = plan_.copy_timing();
  return timing == CopyTiming::eager || (timing == CopyTiming::random && random_() % 2 == 0);
}

AgentClock Block::async_clock(int agent, std::uint32_t event, std::span<const DeviceThread> threads) {
  ClockPair all = threads.front().clock.before;
  ClockPair last = all;
  for (const DeviceThread& thread : threads) {
    if (thread.clock.before == last) continue;
    last = thread.clock.before;
    ReleaseClock(last).acquire(all);
  }
  auto ordered = std::make_shared<VectorClock>(*all.ordered);
  for (const DeviceThread& thread : threads) advance(*ordered, thread.index, thread.clock.now);
  return {agent, event, {std::move(ordered), all.fenced, all.device}};
}

// The thread to run next. TMA loads complete if no thread can run, and with random timing also before.
DeviceThread& Block::next() {
  const auto complete_some = [this] { complete_load(plan_.seed == 0 ? 0 : random_() % loads_.size()); };
  if (!loads_.empty() && plan_.copy_timing() == CopyTiming::random && random_() % 4 == 0) complete_some();
  DeviceThread* thread = choose();
  while (!thread && !loads_.empty()) {
    complete_some();
    thread = choose();
  }
  if (!thread) fail_deadlock();
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
    // A uniformly random warp that can run; in it, the first ready lane from a random one on.
    std::uint32_t warps = ready_warps_;
    for (auto skip = random_() % std::popcount(ready_warps_); skip > 0; --skip) warps &= warps - 1;
    warp = std::countr_zero(warps);
    const auto from = static_cast<int>(random_() % kWarpSize);
    lane = (std::countr_zero(std::rotr(warps_[warp].ready, from)) + from) % kWarpSize;
  }
  return &threads_[warp * kWarpSize + lane];
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

DeviceError Block::error_of(FindingKind kind, int thread, const std::string& what) const {
  static constexpr const char* kTimings[] = {"eagerly", "late", "at random"};
  return {kind, fmt::format("{} in {}, block ({}, {}, {}): thread {} {}\n"
                            "  reproduce: schedule seed {} (asynchronous operations complete {})",
                            finding_name(kind), plan_.kernel, index_[0], index_[1], index_[2], thread, what,
                            plan_.seed, kTimings[static_cast<int>(plan_.copy_timing())])};
}

// The value of an uninitialised read before it may be the cause.
void Block::record(FindingKind kind, const std::string& what) {
  const std::string before =
      uninitialised_ ? fmt::format("\n  before, thread {} {}", uninitialised_->thread, uninitialised_->text())
                     : "";
  error_.emplace(error_of(kind, running_->index, what + before));
}

void Block::leave_block() {
  Fiber::switch_between(running_->fiber, scheduler_);
  std::abort();  // the scheduler never resumes this fiber
}

namespace {

bool same_wait(const DeviceThread& a, const DeviceThread& b) {
  return a.exited == b.exited && (a.exited || (a.waits_at == b.waits_at && a.wait_site == b.wait_site));
}

}  // namespace

std::string Block::describe_waits() const {
  std::string text;
  for (std::size_t i = 0; i < threads_.size();) {
    const DeviceThread& first = threads_[i];
    std::size_t end = i;
    while (end < threads_.size() && same_wait(first, threads_[end])) ++end;
    text += fmt::format("\n  threads {}..{} ", i, end - 1);
    text += first.exited ? "have exited"
                         : fmt::format("wait at {}\n    at {}", first.waits_at, describe(first.wait_site));
    i = end;
  }
  return text;
}

// Whether lanes of one warp wait at different places.
bool Block::has_diverged() const {
  for (const DeviceThread& thread : threads_)
    if (!same_wait(thread, threads_[static_cast<std::size_t>(thread.warp) * kWarpSize])) return true;
  return false;
}

void Block::fail_deadlock() {
  fail(has_diverged() ? FindingKind::divergence : FindingKind::deadlock, [&] {
    return (running_->exited ? "exits, and all other threads wait or have exited:"
                             : "waits, and all other threads wait or have exited:") +
           describe_waits() + describe_mbarrier_waits();
  });
}

}  // namespace warpgauge::simt::emulator
