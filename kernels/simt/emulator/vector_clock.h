// Happens-before among the threads of a block: vector clocks (Mattern 1989), shared copy-on-write, because
// after a barrier all its threads know the same.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace warpgauge::simt::emulator {

using VectorClock = std::vector<std::uint32_t>;  // [threads]: the latest event of each thread that is known

// What one thread knows of all, and its own time, which advances whenever it lets others know.
struct ThreadClock {
  int thread = 0;
  std::uint32_t now = 1;
  std::shared_ptr<const VectorClock> known;

  bool saw(int other, std::uint32_t event) const { return other == thread || (*known)[other] >= event; }
};

// A meeting: threads contribute what they know, and those who wait for it learn it all.
class ClockJoin {
 public:
  void contribute(ThreadClock& clock) {
    if (!joined_)
      joined_ = std::make_shared<VectorClock>(*clock.known);
    else if (clock.known != last_)
      merge(*clock.known);
    last_ = clock.known;
    (*joined_)[clock.thread] = std::max((*joined_)[clock.thread], clock.now);
    ++clock.now;
  }

  // Ends the meeting.
  std::shared_ptr<const VectorClock> take() {
    last_.reset();
    return std::move(joined_);
  }

 private:
  void merge(const VectorClock& known) {
    for (std::size_t i = 0; i < known.size(); ++i) (*joined_)[i] = std::max((*joined_)[i], known[i]);
  }

  std::shared_ptr<VectorClock> joined_;
  std::shared_ptr<const VectorClock> last_;  // already merged
};

}  // namespace warpgauge::simt::emulator
