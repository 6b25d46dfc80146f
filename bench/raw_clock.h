// The system's monotonic clock, read in a way that code in this process cannot replace.
#pragma once

namespace warpgauge::bench {

// CLOCK_MONOTONIC in nanoseconds, as steady_clock. On x86-64 it is a system call instruction: a kernel that
// defines clock_gettime, or changes the vDSO, does not change it.
[[nodiscard]] double raw_clock_ns();

// CPU time of the calling thread, read in the same way.
[[nodiscard]] double raw_thread_cpu_ns();

// CPU time of all threads of the process, read in the same way.
[[nodiscard]] double raw_process_cpu_ns();

}  // namespace warpgauge::bench
