// Happens-before among the actors of a block: vector clocks (Mattern 1989), shared copy-on-write, because
// after a barrier all its threads know the same.
//
// Actors are the block's threads and those who copy and multiply behind their backs. A second clock keeps
// what a proxy fence has followed: only that may be relied on by asynchronous accesses of shared memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace warpgauge::simt::emulator {

using VectorClock = std::vector<std::uint32_t>;  // [actors]: each one's latest event known; none past its end

inline void raise(VectorClock& clock, int actor, std::uint32_t event) {
  const auto at = static_cast<std::size_t>(actor);
  if (clock.size() <= at) clock.resize(at + 1);
  clock[at] = std::max(clock[at], event);
}

inline void merge(VectorClock& clock, const VectorClock& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

inline bool holds(const VectorClock& clock, int actor, std::uint32_t event) {
  const auto at = static_cast<std::size_t>(actor);
  return at < clock.size() && clock[at] >= event;
}

struct Knowledge {
  std::shared_ptr<const VectorClock> known;   // events that happened before
  std::shared_ptr<const VectorClock> fenced;  // those of them that a proxy fence followed; null: none

  bool operator==(const Knowledge&) const = default;  // the same clocks, not equal ones
};

// What one actor knows of all, and its own time, which advances whenever it lets others know.
struct ActorClock {
  int actor = 0;
  std::uint32_t now = 1;
  Knowledge knows;

  bool saw(int other, std::uint32_t event) const {
    return other == actor || holds(*knows.known, other, event);
  }
  bool saw_fenced(int other, std::uint32_t event) const {
    return knows.fenced && holds(*knows.fenced, other, event);
  }

  // All that the actor did and knows is ordered before a proxy fence.
  void fence() {
    auto fenced = std::make_shared<VectorClock>(*knows.known);
    raise(*fenced, actor, now++);
    knows.fenced = std::move(fenced);
  }
};

// A meeting: threads contribute what they know, and those who wait for it learn it all.
class ClockJoin {
 public:
  void contribute(ActorClock& clock) {
    add(known_, last_.known, clock.knows.known);
    if (clock.knows.fenced) add(fenced_, last_.fenced, clock.knows.fenced);
    raise(*known_, clock.actor, clock.now);
    ++clock.now;
  }

  // An event of an actor that knows of nothing else.
  void contribute(int actor, std::uint32_t event) {
    if (!known_) known_ = std::make_shared<VectorClock>();
    raise(*known_, actor, event);
  }

  // Ends the meeting.
  Knowledge take() {
    last_ = {};
    return {std::move(known_), std::move(fenced_)};
  }

 private:
  using Clock = std::shared_ptr<const VectorClock>;

  static void add(std::shared_ptr<VectorClock>& joined, Clock& last, const Clock& clock) {
    if (!joined)
      joined = std::make_shared<VectorClock>(*clock);
    else if (clock != last)
      merge(*joined, *clock);
    last = clock;
  }

  std::shared_ptr<VectorClock> known_, fenced_;
  Knowledge last_;  // already merged
};

// Something that happened and that threads learn of one by one. Most of them knew the same before: the last
// lesson is kept.
class Lesson {
 public:
  Lesson() = default;
  explicit Lesson(Knowledge news) : news_(std::move(news)) {}
  Lesson(int actor, std::uint32_t event) {
    VectorClock clock;
    raise(clock, actor, event);
    news_.known = std::make_shared<VectorClock>(std::move(clock));
  }

  void teach(Knowledge& pupil) {
    if (!news_.known) return;
    if (!before_.known || pupil != before_) {
      before_ = pupil;
      after_ = {joined(pupil.known, news_.known), joined(pupil.fenced, news_.fenced)};
    }
    pupil = after_;
  }

 private:
  using Clock = std::shared_ptr<const VectorClock>;

  static Clock joined(const Clock& a, const Clock& b) {
    if (!a || !b) return a ? a : b;
    auto both = std::make_shared<VectorClock>(*a);
    merge(*both, *b);
    return both;
  }

  Knowledge news_, before_, after_;
};

}  // namespace warpgauge::simt::emulator
