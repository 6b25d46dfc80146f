// Barriers, and the warp collectives on registers: shuffles, votes, reductions.
#include <fmt/format.h>

#include <bit>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

Warp* Block::arrive_at_collective(const char* what, void* operands, Site site) {
  DeviceThread& self = *running_;
  Warp& warp = warps_[self.warp];
  if (warp.exited != 0)
    fail(FindingKind::divergence, [&] {
      return fmt::format("executes {}, which requires the whole warp, but lanes of it have exited\n    at {}",
                         what, describe(site));
    });
  if (warp.arrived == 0) {
    warp.collective = what;
    warp.site = site;
    if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  } else if (warp.collective != what || warp.site != site) {
    fail(FindingKind::divergence, [&] {
      return fmt::format("executes {}\n    at {}\n  while other lanes of its warp execute {}\n    at {}",
                         what, describe(site), warp.collective, describe(warp.site));
    });
  }
  behaviour_.note(static_cast<std::uint64_t>(self.index), 0, site);
  warp.operands[self.lane] = operands;
  warp.arrived |= 1u << self.lane;
  if (warp.arrived == kFullMask) return &warp;
  wait(what, site);
  return nullptr;
}

void Block::release_collective(Warp& warp) {
  warp.arrived = 0;
  warp.ready = kFullMask;
  ready_warps_ |= 1u << running_->warp;
}

void Block::arrive_at_barrier(int id, int threads, bool wait_for_all, const char* what, Site site) {
  DeviceThread& self = *running_;
  Barrier& barrier = barriers_[id];
  if (barrier.arrived == 0) {
    barrier.expected = threads;
    barrier.site = site;
  } else if (barrier.expected != threads || (id == 0 && barrier.site != site)) {
    fail(FindingKind::barrier_mismatch, [&] {
      if (barrier.expected == threads)
        return fmt::format("executes {}\n    at {}\n  other threads wait at a different {}\n    at {}", what,
                           describe(site), what, describe(barrier.site));
      return fmt::format(
          "executes {} for {} threads\n    at {}\n  other threads use this barrier for {} threads\n    at {}",
          what, threads, describe(site), barrier.expected, describe(barrier.site));
    });
  }
  if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  if (plan_.check_memory) barrier.clocks.release(self.clock);
  behaviour_.note(static_cast<std::uint64_t>(self.index), static_cast<std::uint64_t>(id), site);
  ++barrier.arrived;
  if (wait_for_all) barrier.waiting.push_back(&self);
  complete_barrier_if_ready(id);
  if (wait_for_all && barrier.arrived > 0) wait(what, site);
}

// syncthreads completes when all threads that have not exited have reached it (CUDA C++ Programming Guide,
// "Independent Thread Scheduling": since Volta, bar.sync does "not succeed until reached by all non-exited
// threads in the block"). A barrier with an explicit number of threads requires this number (PTX ISA, bar).
void Block::complete_barrier_if_ready(int id) {
  Barrier& barrier = barriers_[id];
  if (barrier.arrived == 0 || barrier.arrived < (id == 0 ? running_threads_ : barrier.expected)) return;
  const ClockPair all = barrier.clocks.take();
  for (DeviceThread* thread : barrier.waiting) {
    if (all.ordered) thread->clock.before = all;
    make_ready(*thread);
  }
  barrier.waiting.clear();
  barrier.arrived = 0;
}

void block_barrier(Site site) {
  Call block;
  block->arrive_at_barrier(0, block->plan().threads, true, "syncthreads", site);
}

void named_barrier(int id, int threads, bool wait, Site site) {
  Call block;
  const char* what = wait ? "barrier_sync" : "barrier_arrive";
  if (id < 1 || id >= kBarriers || threads < kWarpSize || threads % kWarpSize != 0 ||
      threads > block->plan().threads)
    block->fail(FindingKind::misuse, [&] {
      return fmt::format(
          "executes {} with id {} and {} threads; the id must be 1..15, the threads whole warps of the "
          "block\n"
          "    at {}",
          what, id, threads, describe(site));
    });
  block->arrive_at_barrier(id, threads, wait, what, site);
}

void device_fence() {
  Call()->running()->clock.device_fence();
}

void warp_barrier(Site site) {
  Call block;
  block->collective("syncwarp", nullptr, site, [&](Warp& warp) {
    if (!block->plan().check_memory) return;
    DeviceThread* lanes = block->lanes(warp);
    ClockJoin join;
    for (int i = 0; i < kWarpSize; ++i) join.release(lanes[i].clock);
    const ClockPair all = join.take();
    for (int i = 0; i < kWarpSize; ++i) lanes[i].clock.before = all;
  });
}

namespace {

struct LaneValue {
  std::uint32_t in;
  int argument;
  std::uint32_t out;
};

LaneValue& value(const Warp& warp, int lane) {
  return *static_cast<LaneValue*>(warp.operands[lane]);
}

// The source lane (PTX ISA, shfl.sync) for segments of the whole warp.
int shuffle_source(Shuffle kind, int lane, int argument) {
  switch (kind) {
    case Shuffle::exclusive_or:
      return (lane ^ argument) & (kWarpSize - 1);
    case Shuffle::index:
      return argument & (kWarpSize - 1);
    case Shuffle::up:
      return lane - argument >= 0 ? lane - argument : lane;
    case Shuffle::down:
      return lane + argument < kWarpSize ? lane + argument : lane;
  }
  return lane;
}

}  // namespace

std::uint32_t shuffle(Shuffle kind, std::uint32_t in, int argument, Site site) {
  LaneValue own{in, argument, 0};
  Call()->collective("shuffle", &own, site, [kind](Warp& warp) {
    for (int i = 0; i < kWarpSize; ++i)
      value(warp, i).out = value(warp, shuffle_source(kind, i, value(warp, i).argument)).in;
  });
  return own.out;
}

std::uint32_t ballot(bool predicate, Site site) {
  LaneValue own{predicate, 0, 0};
  Call()->collective("vote", &own, site, [](Warp& warp) {
    std::uint32_t votes = 0;
    for (int i = 0; i < kWarpSize; ++i) votes |= value(warp, i).in << i;
    for (int i = 0; i < kWarpSize; ++i) value(warp, i).out = votes;
  });
  return own.out;
}

std::uint32_t reduce(Reduction kind, std::uint32_t in, Site site) {
  LaneValue own{in, 0, 0};
  Call()->collective("reduction", &own, site, [kind](Warp& warp) {
    std::uint32_t all = value(warp, 0).in;
    for (int i = 1; i < kWarpSize; ++i) {
      const std::uint32_t next = value(warp, i).in;
      if (kind == Reduction::add)
        all += next;
      else
        all = (kind == Reduction::min) == (next < all) ? next : all;
    }
    for (int i = 0; i < kWarpSize; ++i) value(warp, i).out = all;
  });
  return own.out;
}

}  // namespace warpgauge::simt::emulator
