// mbarriers: initialisation, arrival, waits, and the accesses that they order.
#include "kernels/simt/emulator/mbarrier.h"

#include <fmt/format.h>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr std::size_t kBytes = 8;  // of an mbarrier

}  // namespace

std::string Mbarrier::state() const {
  return fmt::format("phase parity {}, pending arrivals {} of {}, tx-count {} bytes", parity, pending, count,
                     tx_count);
}

Mbarrier& Block::find_mbarrier(const void* address, const char* what, Site site) {
  check_alignment(address, kBytes, what, site);
  const auto found = mbarriers_.find(arena_.offset(address));
  if (found == mbarriers_.end())
    fail(FindingKind::misuse, [&] {
      return fmt::format("{} an mbarrier that is not initialised, {}\n    at {}", what,
                         arena_.place(arena_.offset(address)), describe(site));
    });
  Mbarrier& barrier = found->second;
  if (plan_.check_memory && !running_->clock.ordered_after(barrier.initialiser, barrier.initialised))
    fail(FindingKind::race, [&] {
      return fmt::format(
          "{} an mbarrier, {}\n    at {}\n  thread {} initialised it\n    at {}\n"
          "  no barrier orders the two accesses",
          what, arena_.place(found->first), describe(site), barrier.initialiser, describe(barrier.site));
    });
  return barrier;
}

Mbarrier& Block::use_mbarrier(const void* address, const char* what, Site site) {
  Mbarrier& barrier = find_mbarrier(address, what, site);
  access_shared(AccessKind::atomic, address, kBytes, "accesses an mbarrier of", site);
  return barrier;
}

void Block::init_mbarrier(void* address, int count, Site site) {
  check_alignment(address, kBytes, "initialises an mbarrier at", site);
  if (count < 1 || count > kMaxMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return fmt::format("initialises an mbarrier with a count of {}; the count must be 1..{}\n    at {}",
                         count, kMaxMbarrierCount, describe(site));
    });
  const std::size_t offset = arena_.offset(address);
  if (const auto before = mbarriers_.find(offset); before != mbarriers_.end())
    fail(FindingKind::misuse, [&] {
      return fmt::format(
          "initialises an mbarrier that is in use, {}\n    at {}\n  thread {} initialised it\n    at {}\n"
          "  it has not been invalidated since",
          arena_.place(offset), describe(site), before->second.initialiser, describe(before->second.site));
    });
  access_shared(AccessKind::write, address, kBytes, "initialises an mbarrier of", site);
  Mbarrier& barrier = mbarriers_[offset];
  barrier.index = mbarriers_initialised_++;
  barrier.initialiser = running_->index;
  barrier.initialised = running_->clock.now;
  barrier.site = site;
  barrier.count = barrier.pending = count;
}

void Block::invalidate_mbarrier(void* address, Site site) {
  const Mbarrier& barrier = find_mbarrier(address, "invalidates", site);
  if (!barrier.waiting.empty())
    fail(FindingKind::misuse, [&] {
      return fmt::format("invalidates an mbarrier at which thread {} waits\n    at {}",
                         barrier.waiting.front().thread->index, describe(site));
    });
  mbarriers_.erase(arena_.offset(address));
  access_shared(AccessKind::write, address, kBytes, "invalidates an mbarrier of", site);
}

// Finds plain writes to an mbarrier. The accesses of the mbarrier functions are atomic.
void Block::check_mbarrier_overwrite(AccessKind kind, std::size_t offset, std::size_t bytes, const char* what,
                                     Site site) {
  if (kind == AccessKind::atomic || kind == AccessKind::read || kind == AccessKind::async_read) return;
  const auto after = mbarriers_.lower_bound(offset + bytes);
  if (after == mbarriers_.begin()) return;
  const auto& [at, barrier] = *std::prev(after);
  if (at + kBytes <= offset) return;
  fail(FindingKind::misuse, [&] {
    return fmt::format(
        "{} the memory of an mbarrier that is in use, {}\n    at {}\n  thread {} initialised it\n"
        "    at {}",
        what, arena_.place(at), describe(site), barrier.initialiser, describe(barrier.site));
  });
}

void Block::fence_mbarriers() {
  for (auto& [offset, barrier] : mbarriers_)
    if (barrier.initialiser == running_->index) barrier.visible_to_async = true;
}

void Block::arrive_at_mbarrier(void* address, std::int64_t bytes, Site site) {
  Mbarrier& barrier = use_mbarrier(address, "arrives at", site);
  if (bytes < 0 || barrier.tx_count + bytes > kMaxMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return fmt::format("adds {} bytes to the tx-count of an mbarrier ({}); its range is 0..{}\n    at {}",
                         bytes, barrier.state(), kMaxMbarrierCount, describe(site));
    });
  if (barrier.pending == 0)
    fail(FindingKind::barrier_mismatch, [&] {
      return fmt::format(
          "arrives at an mbarrier that has no pending arrivals ({})\n    at {}\n  thread {} initialised it\n"
          "    at {}",
          barrier.state(), describe(site), barrier.initialiser, describe(barrier.site));
    });
  if (plan_.check_memory) barrier.arrivals.release(running_->clock);
  barrier.tx_count += bytes;
  --barrier.pending;
  complete_phase_if_ready(barrier);
}

void Block::complete_phase_if_ready(Mbarrier& barrier) {
  if (!barrier.is_complete()) return;
  const int parity = barrier.parity;
  barrier.begin_next_phase();
  for (const Mbarrier::Waiter& waiter : barrier.waiting)
    if (waiter.parity == parity) make_ready(*waiter.thread);
}

void Block::wait_at_mbarrier(void* address, int parity, Site site) {
  if (parity != 0 && parity != 1)
    fail(FindingKind::misuse, [&] {
      return fmt::format("waits for parity {} of an mbarrier; the parity must be 0 or 1\n    at {}", parity,
                         describe(site));
    });
  Mbarrier& barrier = use_mbarrier(address, "waits at", site);
  DeviceThread& self = *running_;
  if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  if (barrier.parity == parity) {
    barrier.waiting.push_back({&self, parity});
    wait("mbarrier_wait", site);
    std::erase_if(barrier.waiting, [&](const Mbarrier::Waiter& waiter) { return waiter.thread == &self; });
  }
  if (plan_.check_memory) barrier.completed.acquire(self.clock.before);
}

std::string Block::describe_mbarrier_waits() const {
  std::string text;
  for (const auto& [offset, barrier] : mbarriers_)
    if (!barrier.waiting.empty())
      text += fmt::format("\n  the mbarrier {} has {}; threads wait for parity {}", arena_.place(offset),
                          barrier.state(), barrier.waiting.front().parity);
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
