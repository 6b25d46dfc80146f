// Arithmetic with its own PTX instruction.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "kernels/half.h"
#include "kernels/simt/target.h"

namespace warpgauge::simt {

// 2^x. ex2.approx.ftz has an error of at most 2 ulp and flushes subnormals to zero (PTX ISA). The emulator
// flushes too and otherwise rounds as exp2f does.
SIMT_DEVICE float exp2_approx(float x) {
#if defined(__CUDACC__)
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return x < -126.0f ? 0.0f : std::exp2(x);
#endif
}

// Rounds two floats to T (to nearest, ties to even) and packs them, `low` in the lower 16 bits.
template <class T>
SIMT_DEVICE std::uint32_t pack(float low, float high) {
#if defined(__CUDACC__)
  std::uint32_t packed;
  if constexpr (std::is_same_v<T, f16>)
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  else
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
#else
  return std::uint32_t{T::encode(low)} | std::uint32_t{T::encode(high)} << 16;
#endif
}

}  // namespace warpgauge::simt
