// What this machine can do at best, measured when the process starts (a fraction of a second), never a
// datasheet: the rate of multiply-adds, and the bandwidth at a working set's size. What could not be measured
// is absent.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kernels/attention.h"

namespace warpgauge::bench {

struct Ceilings {
  std::map<Dtype, double> flops_per_s;              // of the arithmetic that kernels of this type use
  std::map<std::int64_t, double> read_bytes_per_s;  // by working set in bytes, repeatedly read

  // Bandwidth of the largest measured working set that is not larger than `bytes`, hence an upper bound; 0 if
  // unknown.
  double bandwidth(double bytes) const;
};

// As texts for context.warpgauge.info: 1e9 operations and bytes a second.
std::map<std::string, std::string> describe(const Ceilings& ceilings, const std::string& backend);

// f32: fused multiply-adds in registers at the widest vectors that the CPU has, on all threads. The 16-bit
// types have none: whether a kernel widens to f32 or uses matrix instructions changes the ceiling
// sixteenfold. Bandwidth: sums over buffers from L1's size to beyond the last cache's.
Ceilings measure_cpu_ceilings(int threads);

// cuBLAS GEMMs on random data, 4096 cubed (f32 without TF32); bandwidth of reading a GiB.
Ceilings measure_cuda_ceilings();

}  // namespace warpgauge::bench
