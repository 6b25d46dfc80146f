// Tensor maps: the descriptors by which TMA copies boxes of a tensor.
//
// A kernel takes them in its parameters (SIMT_GRID_CONSTANT const Params p). On a GPU the driver encodes
// them. The driver's function is looked up through the runtime, so that programs need not link libcuda.
// Invalid layouts are rejected here with a message, since the driver returns only an error code.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/attention.h"
#include "kernels/simt/swizzle.h"
#include "kernels/simt/target.h"
#if defined(__CUDACC__)
#include <cuda.h>
#include <cudaTypedefs.h>

#include "kernels/cuda_check.h"
#else
#include "kernels/simt/emulator/tensor_map.h"
#endif

namespace warpgauge::simt {

// A tensor of 2 to 4 dimensions, the innermost (contiguous) one first.
struct TensorLayout {
  const void* data = nullptr;
  Dtype dtype = Dtype::bf16;
  int rank = 0;
  std::array<std::int64_t, 4> extent{};        // in elements
  std::array<std::int64_t, 3> stride_bytes{};  // of the dimensions after the innermost
  std::array<int, 4> box{1, 1, 1, 1};          // size of one copy, in elements
  Swizzle swizzle = Swizzle::bytes_128;        // bytes_128 requires box rows of 128 bytes
};

// Empty if TMA can copy such a tensor; otherwise the violated rule (CUDA driver API, cuTensorMapEncodeTiled).
inline std::string tensor_layout_error(const TensorLayout& t) {
  const auto but_is = [](const char* rule, std::int64_t value) {
    return std::string(rule) + ", not " + std::to_string(value);
  };
  const auto of_dimension = [](int d) { return " (dimension " + std::to_string(d) + ")"; };
  if (t.dtype != Dtype::f16 && t.dtype != Dtype::bf16 && t.dtype != Dtype::f32)
    return "tensor map: elements must be f16, bf16 or f32";
  const std::int64_t element_bytes = dtype_bytes(t.dtype);
  if (t.rank < 2 || t.rank > 4) return but_is("tensor map: rank must be 2 to 4", t.rank);
  if (const auto address = reinterpret_cast<std::uintptr_t>(t.data); address == 0 || address % 16 != 0)
    return "tensor map: data must be aligned to 16 bytes and not null";
  for (int d = 0; d < t.rank; ++d) {
    if (t.extent[d] < 1 || t.extent[d] > std::int64_t{1} << 32)
      return but_is("tensor map: extents must be 1 to 2^32", t.extent[d]) + of_dimension(d);
    if (t.box[d] < 1 || t.box[d] > 256)
      return but_is("tensor map: box sizes must be 1 to 256 elements", t.box[d]) + of_dimension(d);
  }
  for (int d = 0; d + 1 < t.rank; ++d)
    if (t.stride_bytes[d] < 0 || t.stride_bytes[d] % 16 != 0 || t.stride_bytes[d] >= std::int64_t{1} << 40)
      return but_is("tensor map: strides must be multiples of 16 bytes below 2^40", t.stride_bytes[d]) +
             of_dimension(d + 1);
  const std::int64_t row_bytes = t.box[0] * element_bytes;
  if (row_bytes % 16 != 0) return but_is("tensor map: box rows must be a multiple of 16 bytes", row_bytes);
  if (t.swizzle == Swizzle::bytes_128 && row_bytes != std::int64_t{kSwizzleRowBytes})
    return but_is("tensor map: box rows must be 128 bytes with the 128-byte swizzle", row_bytes);
  return "";
}

#if defined(__CUDACC__)

using TensorMap = CUtensorMap;

// Throws std::invalid_argument with tensor_layout_error, and std::runtime_error if the driver fails.
inline TensorMap encode_tensor_map(const TensorLayout& t) {
  if (const std::string error = tensor_layout_error(t); !error.empty()) throw std::invalid_argument(error);
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found;
  WARPGAUGE_CUDA_CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000,
                                                        cudaEnableDefault, &found));
  if (found != cudaDriverEntryPointSuccess)
    throw std::runtime_error(
        "the CUDA driver lacks cuTensorMapEncodeTiled; install a driver for CUDA 12 or later");
  const CUtensorMapDataType type = t.dtype == Dtype::f16    ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16
                                   : t.dtype == Dtype::bf16 ? CU_TENSOR_MAP_DATA_TYPE_BFLOAT16
                                                            : CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
  cuuint64_t extent[4], stride[3];
  cuuint32_t box[4], step[4] = {1, 1, 1, 1};
  for (int d = 0; d < 4; ++d) extent[d] = static_cast<cuuint64_t>(t.extent[d]);
  for (int d = 0; d < 3; ++d) stride[d] = static_cast<cuuint64_t>(t.stride_bytes[d]);
  for (int d = 0; d < 4; ++d) box[d] = static_cast<cuuint32_t>(t.box[d]);
  TensorMap map;
  const CUresult status = reinterpret_cast<PFN_cuTensorMapEncodeTiled_v12000>(function)(
      &map, type, static_cast<cuuint32_t>(t.rank), const_cast<void*>(t.data), extent, stride, box, step,
      CU_TENSOR_MAP_INTERLEAVE_NONE,
      t.swizzle == Swizzle::none ? CU_TENSOR_MAP_SWIZZLE_NONE : CU_TENSOR_MAP_SWIZZLE_128B,
      CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (status != CUDA_SUCCESS)
    throw std::runtime_error("cuTensorMapEncodeTiled failed with CUresult " + std::to_string(status));
  return map;
}

#else

using TensorMap = emulator::TensorMap;

// Throws std::invalid_argument with tensor_layout_error.
inline TensorMap encode_tensor_map(const TensorLayout& t) {
  if (const std::string error = tensor_layout_error(t); !error.empty()) throw std::invalid_argument(error);
  TensorMap map;
  map.data = static_cast<char*>(const_cast<void*>(t.data));
  map.element_bytes = static_cast<int>(dtype_bytes(t.dtype));
  map.rank = t.rank;
  map.swizzled = t.swizzle == Swizzle::bytes_128;
  map.extent = {1, 1, 1, 1};
  map.stride[0] = map.element_bytes;
  for (int d = 0; d < t.rank; ++d) {
    map.extent[d] = t.extent[d];
    map.box[d] = t.box[d];
    if (d > 0) map.stride[d] = t.stride_bytes[d - 1];
  }
  return map;
}

#endif

}  // namespace warpgauge::simt
