// The multiply-add instructions of a CPU, as loops that do nothing else.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/attention.h"

namespace warpgauge::bench {

struct CpuArithmetic {
  const char* name;
  bool f32, f16, bf16;                // the types whose kernels can use it; all can widen 16 bits to f32
  bool (*is_available)();             // on this CPU and system
  double (*run)(std::int64_t steps);  // returns the number of operations, two per multiply-add

  [[nodiscard]] bool serves(Dtype dtype) const {
    return dtype == Dtype::f32 ? f32 : dtype == Dtype::f16 ? f16 : bf16;
  }
};

[[nodiscard]] std::span<const CpuArithmetic> all_cpu_arithmetic();

}  // namespace warpgauge::bench
