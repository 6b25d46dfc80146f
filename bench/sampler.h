// Takes one sample: the time of one launch. There is one implementation per backend.
#pragma once

#include <memory>

#include "bench/operands.h"
#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

struct Sample {
  double real_ns = 0;    // of the launch, without waited_ns
  double waited_ns = 0;  // descheduled time during the launch
  double cpu_ns = 0;     // CPU time of all threads of the process
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  // Throws std::runtime_error if the launch fails.
  [[nodiscard]] virtual Sample take(const Kernel& kernel, const Operands& operands) = 0;
};

// Launches once without measuring, on a new stream, and waits. The first launch of a kernel loads code,
// starts threads and touches pages.
void launch_once(const Kernel& kernel, const Operands& operands);

// steady_clock around the launch. Descheduled time is subtracted if the kernel uses one thread: on a busy
// machine other processes run in the middle of a launch of several milliseconds. With more threads it is not
// subtracted: it is not known which wait delayed the launch. Cold: the cache lines of the operands are
// flushed before the launch, outside the measurement. Throws std::runtime_error if this CPU cannot flush them
// (other than x86-64).
[[nodiscard]] std::unique_ptr<Sampler> make_cpu_sampler(CacheMode cache);

// CUDA events around the launch. A kernel that spins holds the stream until everything is queued, so that
// launch latency and delays on the host are not in the time. Cold: twice the size of L2 is overwritten before
// the launch. A launch that synchronizes would wait for the spinning kernel forever; that kernel gives up
// after a time limit, and take() throws.
[[nodiscard]] std::unique_ptr<Sampler> make_cuda_sampler(CacheMode cache);

// CPU time of the whole process in nanoseconds.
[[nodiscard]] double process_cpu_ns();

}  // namespace warpgauge::bench
