#include "bench/run_queue.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace warpgauge::bench {

RunQueue::RunQueue() : file_(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

RunQueue::~RunQueue() {
  if (known()) close(file_);
}

double RunQueue::waited_ns() const {
  char text[96];
  const ssize_t length = known() ? pread(file_, text, sizeof text - 1, 0) : -1;
  if (length <= 0) return 0;
  text[length] = '\0';
  double waited = 0;
  return std::sscanf(text, "%*u %lf", &waited) == 1 ? waited : 0;
}

}  // namespace warpgauge::bench
