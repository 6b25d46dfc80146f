// Element types for device code: CUDA's types for f32, f16, bf16 and e4m3, with conversions to and from
// float.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <type_traits>

#include "kernels/attention.h"

namespace warpgauge::cuda {

__device__ inline float to_float(float x) {
  return x;
}
__device__ inline float to_float(__half x) {
  return __half2float(x);
}
__device__ inline float to_float(__nv_bfloat16 x) {
  return __bfloat162float(x);
}
__device__ inline float to_float(__nv_fp8_e4m3 x) {
  return static_cast<float>(x);
}

// Rounds to nearest, ties to even. O is never e4m3.
template <class T>
__device__ T from_float(float x);
template <>
__device__ inline float from_float<float>(float x) {
  return x;
}
template <>
__device__ inline __half from_float<__half>(float x) {
  return __float2half_rn(x);
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float x) {
  return __float2bfloat16_rn(x);
}

// Calls f with a value of the element type that `dtype` names.
template <class Function>
void with_element_type(Dtype dtype, Function&& f) {
  switch (dtype) {
    case Dtype::f32:
      return f(float{});
    case Dtype::f16:
      return f(__half{});
    case Dtype::bf16:
      return f(__nv_bfloat16{});
    case Dtype::e4m3:
      return f(__nv_fp8_e4m3{});
  }
}

// Calls f with values of the element types of Q, of K and V, and of O.
template <class Function>
void with_operand_types(const Problem& problem, Function&& f) {
  cuda::with_element_type(problem.dtype, [&](auto query) {
    using Q = decltype(query);
    if constexpr (std::is_same_v<Q, __nv_fp8_e4m3>)
      return f(query, query, __nv_bfloat16{});
    else
      return problem.kv_e4m3 ? f(query, __nv_fp8_e4m3{}, query) : f(query, query, query);
  });
}

}  // namespace warpgauge::cuda
