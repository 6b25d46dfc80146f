// Descheduled time: how long a thread was runnable but not running, because other threads had the CPU.
#pragma once

namespace warpgauge::bench {

// Of the thread that constructs it, as Linux counts it: the second number of /proc/thread-self/schedstat
// (Documentation/scheduler/sched-stats.rst). Without that file the time is not known and counts as 0.
class RunQueue {
 public:
  RunQueue();
  ~RunQueue();
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  [[nodiscard]] bool known() const { return file_ >= 0; }
  [[nodiscard]] double waited_ns() const;  // since the thread began; a wait counts once it has ended

 private:
  int file_;
};

}  // namespace warpgauge::bench
