// Upper limits of this machine: the rate of multiply-adds, and the bandwidth of each level of memory. They
// are measured when the process starts, within a second, and not taken from a data sheet. A limit that cannot
// be measured is absent.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>

#include "kernels/attention.h"

namespace warpgauge::bench {

// A measured limit in operations or bytes per second.
struct Rate {
  double best = 0;   // of several runs
  double share = 0;  // half of its interval, relative: the limit is at most best (1 + share)

  [[nodiscard]] double most() const { return best * (1 + share); }
};

// From several runs of the same work. Other processes only make a run slower, so the limit is the fastest
// run. The distance from the median to it is the distance that a faster run may still have; at least 3 %.
[[nodiscard]] Rate rate_of_runs(std::span<const double> rates);

struct Ceilings {
  static constexpr std::int64_t kMemory = std::numeric_limits<std::int64_t>::max();

  std::map<Dtype, Rate> flops_per_s;  // of the arithmetic of kernels of this type
  std::map<std::int64_t, Rate>
      read_bytes_per_s;  // by capacity of the level of memory in bytes; kMemory: DRAM
  int threads = 0;       // of a CPU; 0: a GPU

  // Of the smallest level that holds `bytes`. Null if none is known.
  [[nodiscard]] const Rate* bandwidth(double bytes) const;

  // The shortest times that this machine can take, at the upper ends of the intervals. 0 if unknown.
  [[nodiscard]] double least_compute_seconds(Dtype dtype, double flops) const;
  [[nodiscard]] double least_memory_seconds(double bytes) const;

  // Keeps the higher one of each limit.
  void raise(const Ceilings& other);
};

// As text for context.warpgauge.info, in 1e9 operations or bytes per second.
[[nodiscard]] std::map<std::string, std::string> describe(const Ceilings& ceilings,
                                                          const std::string& backend);

// On all threads. Arithmetic: the fastest instructions of the CPU for each type (cpu_arithmetic.h).
// Bandwidth: sums over buffers of half the size of each cache, and over more than the last cache.
[[nodiscard]] Ceilings measure_cpu_ceilings(int threads);

// cuBLAS GEMMs on random data, m = n = k = 4096 (f32 without TF32). Bandwidth of reading half of L2, and 1
// GiB.
[[nodiscard]] Ceilings measure_cuda_ceilings();

}  // namespace warpgauge::bench
