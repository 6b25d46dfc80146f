// The happens-before relation among the agents of a block, by vector clocks (Mattern 1989).
//
// Clocks are shared copy-on-write, because after a barrier all its threads have the same one. A second clock
// of each agent contains the accesses that precede a proxy fence. Only those are ordered before accesses by
// the async proxy (PTX ISA, "Async proxy").
#pragma once

#include "kernels/simt/emulator/device_order.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace warpgauge::simt::emulator {

// VectorClock [agents]: the latest event of each agent that is ordered before. Agents past the end have none.

inline void advance(VectorClock& clock, int agent, std::uint32_t event) {
  const auto at = static_cast<std::size_t>(agent);
  if (clock.size() <= at) clock.resize(at + 1);
  clock[at] = std::max(clock[at], event);
}

inline void join(VectorClock& clock, const VectorClock& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

inline bool covers(const VectorClock& clock, int agent, std::uint32_t event) {
  const auto at = static_cast<std::size_t>(agent);
  return at < clock.size() && clock[at] >= event;
}

struct ClockPair {
  std::shared_ptr<const VectorClock> ordered;  // events that happened before
  std::shared_ptr<const VectorClock> fenced;   // those of them that precede a proxy fence; null: none
  std::shared_ptr<const DeviceView> device;    // order with other blocks; null: no atomic and no device fence

  bool operator==(const ClockPair&) const = default;  // the same objects, not equal contents
};

using Clock = std::shared_ptr<const VectorClock>;

inline Clock joined(const Clock& a, const Clock& b) {
  if (!a || !b) return a ? a : b;
  auto both = std::make_shared<VectorClock>(*a);
  join(*both, *b);
  return both;
}

inline std::shared_ptr<const DeviceView> joined(const std::shared_ptr<const DeviceView>& a,
                                                const std::shared_ptr<const DeviceView>& b) {
  if (!a || !b || a == b) return a ? a : b;
  auto both = std::make_shared<DeviceView>(*a);
  both->published = joined(a->published, b->published);
  for (const LogView& view : b->observed) add_view(both->observed, view);
  for (const LogView& view : b->acquired) add_view(both->acquired, view);
  return both;
}

// The clock of one agent. Its own component, `now`, advances at each release.
struct AgentClock {
  int agent = 0;
  std::uint32_t now = 1;
  ClockPair before;  // what happened before the agent's next event

  bool ordered_after(int other, std::uint32_t event) const {
    return other == agent || covers(*before.ordered, other, event);
  }
  bool fenced_after(int other, std::uint32_t event) const {
    return before.fenced && covers(*before.fenced, other, event);
  }

  // A proxy fence: covers the agent's own events and all that are ordered before them.
  void fence() {
    auto fenced = std::make_shared<VectorClock>(*before.ordered);
    advance(*fenced, agent, now++);
    before.fenced = std::move(fenced);
  }

  // A device fence: publishes the agent's own events and all that are ordered before them, and acquires what
  // the atomics before it have observed.
  void device_fence() {
    auto view = before.device ? std::make_shared<DeviceView>(*before.device) : std::make_shared<DeviceView>();
    auto published = std::make_shared<VectorClock>(*before.ordered);
    advance(*published, agent, now++);
    if (view->published) join(*published, *view->published);
    view->published = std::move(published);
    for (const LogView& observed : view->observed) add_view(view->acquired, observed);
    view->observed.clear();
    before.device = std::move(view);
  }
};

// Joins the clocks of all agents that release at a barrier.
class ClockJoin {
 public:
  void release(AgentClock& clock) {
    add(ordered_, last_.ordered, clock.before.ordered);
    if (clock.before.fenced) add(fenced_, last_.fenced, clock.before.fenced);
    if (clock.before.device != last_.device) device_ = joined(device_, clock.before.device);
    last_.device = clock.before.device;
    advance(*ordered_, clock.agent, clock.now);
    ++clock.now;
  }

  // Releases one event of an agent that has acquired nothing.
  void release(int agent, std::uint32_t event) {
    if (!ordered_) ordered_ = std::make_shared<VectorClock>();
    advance(*ordered_, agent, event);
  }

  // Returns the join and starts an empty one.
  ClockPair take() {
    last_ = {};
    return {std::move(ordered_), std::move(fenced_), std::move(device_)};
  }

 private:
  static void add(std::shared_ptr<VectorClock>& joined, Clock& last, const Clock& clock) {
    if (!joined)
      joined = std::make_shared<VectorClock>(*clock);
    else if (clock != last)
      join(*joined, *clock);
    last = clock;
  }

  std::shared_ptr<VectorClock> ordered_, fenced_;
  std::shared_ptr<const DeviceView> device_;
  ClockPair last_;  // already joined
};

// The clocks that a release has published. Agents join them on acquire, one by one. Most of them had the same
// clocks before, so the last result is cached.
class ReleaseClock {
 public:
  ReleaseClock() = default;
  explicit ReleaseClock(ClockPair released) : released_(std::move(released)) {}
  ReleaseClock(int agent, std::uint32_t event) {
    VectorClock clock;
    advance(clock, agent, event);
    released_.ordered = std::make_shared<VectorClock>(std::move(clock));
  }

  // Joins the released clocks into `clocks`.
  void acquire(ClockPair& clocks) {
    if (!released_.ordered) return;
    if (!cached_argument_.ordered || clocks != cached_argument_) {
      cached_argument_ = clocks;
      cached_result_ = {joined(clocks.ordered, released_.ordered), joined(clocks.fenced, released_.fenced),
                        joined(clocks.device, released_.device)};
    }
    clocks = cached_result_;
  }

 private:
  ClockPair released_, cached_argument_, cached_result_;
};

}  // namespace warpgauge::simt::emulator
