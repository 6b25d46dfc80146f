// Takes one sample: the time of one launch. One implementation a backend.
#pragma once

#include <memory>

#include "bench/operands.h"
#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

struct Sample {
  double real_ns = 0;    // of the launch alone, without waited_ns
  double waited_ns = 0;  // that it had to wait in its midst for other processes' turns
  double cpu_ns = 0;     // processor time that all threads of the process spent on it
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  // Throws std::runtime_error when the launch fails.
  virtual Sample take(const Kernel& kernel, const Operands& operands) = 0;
};

// Launches once outside any measurement, on a stream of its own, and waits: lazily loaded code, thread pools
// and page faults are paid here.
void launch_once(const Kernel& kernel, const Operands& operands);

// steady_clock around the launch, less what it waited for a processor where it works on one thread: on a busy
// machine a launch of some milliseconds has another process's turn in its midst, which says nothing of the
// kernel. Of several threads' waits it is unknown which held up the launch, so that they stay. Cold: the
// operands' cache lines are flushed before it, outside the measurement (x86-64 only). Throws
// std::runtime_error where this cannot be done.
std::unique_ptr<Sampler> make_cpu_sampler(CacheMode cache);

// CUDA events around the launch, which waits behind a kernel that spins until everything is queued: neither
// the launch's own cost nor the host's hiccups are in the time. Cold: twice the L2's size is overwritten
// before it. A launch that synchronises would wait for the spinning kernel for ever; that one gives up, and
// take() throws.
std::unique_ptr<Sampler> make_cuda_sampler(CacheMode cache);

// Processor time of the whole process, nanoseconds.
double process_cpu_ns();

}  // namespace warpgauge::bench
