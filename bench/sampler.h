// Takes one sample: the time of one launch. There is one implementation per backend.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "bench/operands.h"
#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

struct Sample {
  double real_ns = 0;    // of the launch, without waited_ns
  double waited_ns = 0;  // descheduled time during the launch
  double cpu_ns = 0;     // CPU time of all threads of the process
  double busy_ns = 0;    // the same by another clock, with the sampler's own work; 0: not known
  double gap_ns = 0;     // by how much another clock exceeds real_ns + waited_ns, waits excluded
};

// Rows of the outputs that a sampler copies right after a launch, before the launch can change them again.
struct RowCopies {
  std::span<const std::int64_t> rows;  // through [B, H, Sq]
  Buffer *o, *lse;                     // of the backend; as many rows of Dv elements, and as many floats
};

class Sampler {
 public:
  virtual ~Sampler() = default;
  // Times one launch, and copies rows of its outputs. `copies` may be null. Throws std::runtime_error if the
  // launch fails.
  [[nodiscard]] virtual Sample take(const Kernel& kernel, const Operands& operands,
                                    const RowCopies* copies) = 0;
  [[nodiscard]] Sample take(const Kernel& kernel, const Operands& operands) {
    return take(kernel, operands, nullptr);
  }
  // The largest gap_ns of an honest launch of this length.
  [[nodiscard]] virtual double largest_gap_ns(double launch_ns) const = 0;
};

// Launches once without measuring, on a new stream, and waits. The first launch of a kernel loads code,
// starts threads and touches pages.
void launch_once(const Kernel& kernel, const Operands& operands);

// steady_clock around the launch. Descheduled time is subtracted if the kernel uses one thread: on a busy
// machine other processes run in the middle of a launch of several milliseconds. What other threads of this
// process did meanwhile is not subtracted. With more threads nothing is subtracted: it is not known which
// wait delayed the launch. Cold: the cache lines of the operands are
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
