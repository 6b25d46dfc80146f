// Barriers, and the collectives of a warp that move registers only.
#include <bit>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

Warp* Block::arrive_in_warp(const char* what, void* operands, Site site) {
  DeviceThread& self = *running_;
  Warp& warp = warps_[self.warp];
  if (warp.exited != 0)
    fail(FindingKind::divergence, [&] {
      return std::string("is at ") + what +
             ", which takes the whole warp, but lanes of it have "
             "exited\n    at " +
             describe(site);
    });
  if (warp.arrived == 0) {
    warp.collective = what;
    warp.site = site;
    if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  } else if (warp.collective != what || warp.site != site) {
    fail(FindingKind::divergence, [&] {
      return std::string("is at ") + what + "\n    at " + describe(site) +
             "\n  while other lanes of its warp are at " + warp.collective + "\n    at " +
             describe(warp.site);
    });
  }
  warp.operands[self.lane] = operands;
  warp.arrived |= 1u << self.lane;
  if (warp.arrived == ~0u) return &warp;
  wait(what, site);
  return nullptr;
}

void Block::release_warp(Warp& warp) {
  warp.arrived = 0;
  warp.ready = ~0u;
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
      return std::string("is at ") + what + " of " + std::to_string(threads) + " threads\n    at " +
             describe(site) + "\n  while others are at one of " + std::to_string(barrier.expected) +
             "\n    at " + describe(barrier.site);
    });
  }
  if (plan_.count_bank_conflicts) banks_.flush(self.warp);
  if (plan_.check_memory) barrier.clocks.contribute(self.clock);
  ++barrier.arrived;
  if (wait_for_all) barrier.waiting.push_back(&self);
  if (barrier.arrived < barrier.expected) {
    if (wait_for_all) wait(what, site);
    return;
  }
  const Knowledge all = barrier.clocks.take();
  for (DeviceThread* thread : barrier.waiting) {
    if (all.known) thread->clock.knows = all;
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
  if (id < 1 || id >= kBarriers || threads < kLanes || threads % kLanes != 0 ||
      threads > block->plan().threads)
    block->fail(FindingKind::misuse, [&] {
      return std::string("uses ") + what + " with id " + std::to_string(id) + " (1..15) and " +
             std::to_string(threads) + " threads (whole warps of the block)\n    at " + describe(site);
    });
  block->arrive_at_barrier(id, threads, wait, what, site);
}

void warp_barrier(Site site) {
  Call block;
  block->meet_warp("syncwarp", nullptr, site, [&](Warp& warp) {
    if (!block->plan().check_memory) return;
    DeviceThread* lanes = block->lanes(warp);
    ClockJoin join;
    for (int i = 0; i < kLanes; ++i) join.contribute(lanes[i].clock);
    const Knowledge all = join.take();
    for (int i = 0; i < kLanes; ++i) lanes[i].clock.knows = all;
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

// PTX ISA, shfl.sync, for a width of 32: the lane to read from.
int shuffle_source(Shuffle kind, int lane, int argument) {
  switch (kind) {
    case Shuffle::exclusive_or:
      return (lane ^ argument) & 31;
    case Shuffle::index:
      return argument & 31;
    case Shuffle::up:
      return lane - argument >= 0 ? lane - argument : lane;
    case Shuffle::down:
      return lane + argument < kLanes ? lane + argument : lane;
  }
  return lane;
}

}  // namespace

std::uint32_t shuffle(Shuffle kind, std::uint32_t in, int argument, Site site) {
  LaneValue own{in, argument, 0};
  Call()->meet_warp("shuffle", &own, site, [kind](Warp& warp) {
    for (int i = 0; i < kLanes; ++i)
      value(warp, i).out = value(warp, shuffle_source(kind, i, value(warp, i).argument)).in;
  });
  return own.out;
}

std::uint32_t ballot(bool predicate, Site site) {
  LaneValue own{predicate, 0, 0};
  Call()->meet_warp("vote", &own, site, [](Warp& warp) {
    std::uint32_t votes = 0;
    for (int i = 0; i < kLanes; ++i) votes |= value(warp, i).in << i;
    for (int i = 0; i < kLanes; ++i) value(warp, i).out = votes;
  });
  return own.out;
}

std::uint32_t reduce(Reduction kind, std::uint32_t in, Site site) {
  LaneValue own{in, 0, 0};
  Call()->meet_warp("reduction", &own, site, [kind](Warp& warp) {
    std::uint32_t all = value(warp, 0).in;
    for (int i = 1; i < kLanes; ++i) {
      const std::uint32_t next = value(warp, i).in;
      if (kind == Reduction::add)
        all += next;
      else
        all = (kind == Reduction::min) == (next < all) ? next : all;
    }
    for (int i = 0; i < kLanes; ++i) value(warp, i).out = all;
  });
  return own.out;
}

}  // namespace warpgauge::simt::emulator
