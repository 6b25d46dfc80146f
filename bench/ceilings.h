// Upper limits of this machine: the rate of multiply-adds, and the bandwidth for a working set of a given
// size. They are measured when the process starts, within a second, and not taken from a data sheet. A limit
// that cannot be measured is absent.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kernels/attention.h"

namespace warpgauge::bench {

struct Ceilings {
  std::map<Dtype, double> flops_per_s;              // of the arithmetic of kernels of this type
  std::map<std::int64_t, double> read_bytes_per_s;  // by size of the working set in bytes, read repeatedly

  // Bandwidth of the largest measured working set of at most `bytes`, which is an upper bound. 0 if unknown.
  [[nodiscard]] double bandwidth(double bytes) const;
};

// As text for context.warpgauge.info, in 1e9 operations or bytes per second.
[[nodiscard]] std::map<std::string, std::string> describe(const Ceilings& ceilings,
                                                          const std::string& backend);

// f32: fused multiply-adds in registers with the widest vectors of the CPU, on all threads. The 16-bit types
// have no ceiling: it differs by a factor of 16 between widening to f32 and matrix instructions. Bandwidth:
// sums over buffers from the size of L1 to more than the last cache.
[[nodiscard]] Ceilings measure_cpu_ceilings(int threads);

// cuBLAS GEMMs on random data, m = n = k = 4096 (f32 without TF32). Bandwidth of reading 1 GiB.
[[nodiscard]] Ceilings measure_cuda_ceilings();

}  // namespace warpgauge::bench
