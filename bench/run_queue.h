// How long a thread that could have run had to wait for a processor, because another process had it.
#pragma once

namespace warpgauge::bench {

// Of one thread, the one that makes it, as Linux counts it (/proc/thread-self/schedstat, its second number:
// Documentation/scheduler/sched-stats.rst). Elsewhere, and where that file is not there, it knows of no
// waits.
class RunQueue {
 public:
  RunQueue();
  ~RunQueue();
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  bool known() const { return file_ >= 0; }
  double waited_ns() const;  // since the thread began; a wait counts once it is over

 private:
  int file_;
};

}  // namespace warpgauge::bench
