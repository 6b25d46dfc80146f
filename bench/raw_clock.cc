#include "bench/raw_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace warpgauge::bench {
namespace {

double read_clock(clockid_t clock) {
  timespec now{};
#if defined(__x86_64__)
  long result = SYS_clock_gettime;
  __asm__ volatile("syscall" : "+a"(result) : "D"(clock), "S"(&now) : "rcx", "r11", "memory");
#else
  syscall(SYS_clock_gettime, clock, &now);
#endif
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

}  // namespace

double raw_clock_ns() {
  return read_clock(CLOCK_MONOTONIC);
}
double raw_thread_cpu_ns() {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
double raw_process_cpu_ns() {
  return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace warpgauge::bench
