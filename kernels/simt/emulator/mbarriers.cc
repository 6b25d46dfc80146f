// mbarriers: counting, waiting, and what they order.
#include "kernels/simt/emulator/mbarrier.h"

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr std::size_t kBytes = 8;  // of an mbarrier

}  // namespace

Mbarrier& Block::find_mbarrier(const void* address, const char* what, Site site) {
  check_alignment(address, kBytes, what, site);
  const auto found = mbarriers_.find(arena_.offset(address));
  if (found == mbarriers_.end())
    fail(FindingKind::misuse, [&] {
      return std::string(what) + " an mbarrier that nobody has initialised, " +
             arena_.place(arena_.offset(address)) + "\n    at " + describe(site);
    });
  Mbarrier& barrier = found->second;
  if (plan_.check_memory && !running_->clock.saw(barrier.initialiser, barrier.initialised))
    fail(FindingKind::race, [&] {
      return std::string(what) + " an mbarrier, " + arena_.place(found->first) + "\n    at " +
             describe(site) + "\n  thread " + std::to_string(barrier.initialiser) +
             " initialised it\n    at " + describe(barrier.site) + "\n  and no barrier orders the two";
    });
  return barrier;
}

Mbarrier& Block::mbarrier_at(const void* address, const char* what, Site site) {
  Mbarrier& barrier = find_mbarrier(address, what, site);
  access_shared(AccessKind::atomic, address, kBytes, what, site);
  return barrier;
}

void Block::init_mbarrier(void* address, int count, Site site) {
  check_alignment(address, kBytes, "initialises", site);
  if (count < 1 || count > kMostMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return "initialises an mbarrier with a count of " + std::to_string(count) + " (1..1048575)\n    at " +
             describe(site);
    });
  const std::size_t offset = arena_.offset(address);
  if (const auto before = mbarriers_.find(offset); before != mbarriers_.end())
    fail(FindingKind::misuse, [&] {
      return "initialises an mbarrier that is in use, " + arena_.place(offset) + "\n    at " +
             describe(site) + "\n  thread " + std::to_string(before->second.initialiser) +
             " initialised it\n    at " + describe(before->second.site) + "\n  and nobody has invalidated it";
    });
  access_shared(AccessKind::write, address, kBytes, "initialises", site);
  Mbarrier& barrier = mbarriers_[offset];
  barrier.index = mbarriers_made_++;
  barrier.initialiser = running_->index;
  barrier.initialised = running_->clock.now;
  barrier.site = site;
  barrier.count = barrier.pending = count;
}

void Block::invalidate_mbarrier(void* address, Site site) {
  const Mbarrier& barrier = find_mbarrier(address, "invalidates", site);
  if (!barrier.waiting.empty())
    fail(FindingKind::misuse, [&] {
      return "invalidates an mbarrier for which thread " +
             std::to_string(barrier.waiting.front().thread->index) + " waits\n    at " + describe(site);
    });
  mbarriers_.erase(arena_.offset(address));
  access_shared(AccessKind::write, address, kBytes, "invalidates", site);
}

// The barriers' own accesses are atomic.
void Block::check_mbarriers_spared(AccessKind kind, std::size_t offset, std::size_t bytes, const char* what,
                                   Site site) {
  if (kind == AccessKind::atomic || kind == AccessKind::read || kind == AccessKind::async_read) return;
  const auto after = mbarriers_.lower_bound(offset + bytes);
  if (after == mbarriers_.begin()) return;
  const auto& [at, barrier] = *std::prev(after);
  if (at + kBytes <= offset) return;
  fail(FindingKind::misuse, [&] {
    return std::string(what) + " over an mbarrier that is in use, " + arena_.place(at) + "\n    at " +
           describe(site) + "\n  thread " + std::to_string(barrier.initialiser) + " initialised it\n    at " +
           describe(barrier.site);
  });
}

void Block::fence_mbarriers() {
  for (auto& [offset, barrier] : mbarriers_)
    if (barrier.initialiser == running_->index) barrier.visible_to_async = true;
}

void Block::arrive_at_mbarrier(void* address, std::int64_t bytes, Site site) {
  Mbarrier& barrier = mbarrier_at(address, "arrives at", site);
  if (bytes < 0 || barrier.bytes + bytes > kMostMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return "announces " + std::to_string(bytes) + " bytes to an mbarrier " + barrier.state() +
             "; it counts to 1048575\n    at " + describe(site);
    });
  if (barrier.pending == 0)
    fail(FindingKind::barrier_mismatch, [&] {
      return "arrives at an mbarrier once too often: it is " + barrier.state() + "\n    at " +
             describe(site) + "\n  thread " + std::to_string(barrier.initialiser) +
             " initialised it\n    at " + describe(barrier.site);
    });
  if (plan_.check_memory) barrier.arrivals.contribute(running_->clock);
  barrier.bytes += bytes;
  --barrier.pending;
  complete_if_due(barrier);
}

void Block::complete_if_due(Mbarrier& barrier) {
  if (!barrier.is_complete()) return;
  const int parity = barrier.parity;
  barrier.begin_next_phase();
  for (const Mbarrier::Waiter& waiter : barrier.waiting)
    if (waiter.parity == parity) make_ready(*waiter.thread);
}

void Block::wait_at_mbarrier(void* address, int parity, Site site) {
  if (parity != 0 && parity != 1)
    fail(FindingKind::misuse, [&] {
      return "waits for parity " + std::to_string(parity) + " of an mbarrier (0 or 1)\n    at " +
             describe(site);
    });
  Mbarrier& barrier = mbarrier_at(address, "waits at", site);
  DeviceThread& self = *running_;
  if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  if (barrier.parity == parity) {
    barrier.waiting.push_back({&self, parity});
    wait("mbarrier_wait", site);
    std::erase_if(barrier.waiting, [&](const Mbarrier::Waiter& waiter) { return waiter.thread == &self; });
  }
  if (plan_.check_memory) barrier.completed.teach(self.clock.knows);
}

// What the mbarriers lack that threads wait for.
std::string Block::mbarriers_waited_for() const {
  std::string text;
  for (const auto& [offset, barrier] : mbarriers_)
    if (!barrier.waiting.empty())
      text += "\n  the mbarrier " + arena_.place(offset) + ", waited for with parity " +
              std::to_string(barrier.waiting.front().parity) + ", is " + barrier.state();
  return text;
}

void mbarrier_init(void* barrier, int count, Site site) {
  Call()->init_mbarrier(barrier, count, site);
}
void mbarrier_invalidate(void* barrier, Site site) {
  Call()->invalidate_mbarrier(barrier, site);
}
void fence_mbarrier_init() {
  Call()->fence_mbarriers();
}
void mbarrier_arrive(void* barrier, std::int64_t bytes, Site site) {
  Call()->arrive_at_mbarrier(barrier, bytes, site);
}
void mbarrier_wait(void* barrier, int parity, Site site) {
  Call()->wait_at_mbarrier(barrier, parity, site);
}
void fence_proxy_async() {
  Call block;
  block->fence_mbarriers();
  block->running()->clock.fence();
}

}  // namespace warpgauge::simt::emulator
