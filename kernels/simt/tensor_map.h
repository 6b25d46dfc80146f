// Tensor maps: how the host tells TMA where a tensor lies and which boxes of it are copied.
//
// A kernel takes them in its parameters (SIMT_GRID_CONSTANT const Params p). On a GPU the driver encodes
// them, found through the runtime so that no program links libcuda; the emulator keeps them as they are.
// What is wrong with a layout is said here, before the driver's bare error code, and alike on both machines.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/attention.h"
#include "kernels/simt/target.h"
#if defined(__CUDACC__)
#include <cuda.h>
#include <cudaTypedefs.h>

#include "kernels/cuda/check.h"
#else
#include "kernels/simt/emulator/tensor_map.h"
#endif

namespace warpgauge::simt {

// none: a box is dense in shared memory. bytes_128: its rows are 128 bytes, and within every 1024 bytes the
// 16-byte chunk c of row r lies where chunk c ^ r would: what wgmma reads without bank conflicts.
enum class Swizzle { none, bytes_128 };

// The chunk (of 8) at which 16-byte chunk `chunk` of 128-byte row `row` lies with Swizzle::bytes_128.
constexpr int swizzled_chunk(int row, int chunk) {
  return chunk ^ (row & 7);
}

// A tensor of 2 to 4 dimensions, the innermost first; its elements lie side by side.
struct TensorLayout {
  const void* data = nullptr;
  Dtype dtype = Dtype::bf16;
  int rank = 0;
  std::array<std::int64_t, 4> extent{};        // in elements
  std::array<std::int64_t, 3> stride_bytes{};  // of the dimensions after the innermost
  std::array<int, 4> box{1, 1, 1, 1};          // what one copy takes, in elements
  Swizzle swizzle = Swizzle::bytes_128;
};

// Why TMA cannot copy such a tensor (CUDA driver API, cuTensorMapEncodeTiled); empty if it can.
inline std::string tensor_layout_error(const TensorLayout& t) {
  const auto said = [](const char* what, std::int64_t value) {
    return std::string(what) + ", not " + std::to_string(value);
  };
  const auto of_dimension = [](int d) { return " (dimension " + std::to_string(d) + ")"; };
  if (t.dtype != Dtype::f16 && t.dtype != Dtype::bf16 && t.dtype != Dtype::f32)
    return "a tensor map takes elements of f16, bf16 or f32";
  const std::int64_t element_bytes = dtype_bytes(t.dtype);
  if (t.rank < 2 || t.rank > 4) return said("a tensor map has 2 to 4 dimensions", t.rank);
  if (const auto address = reinterpret_cast<std::uintptr_t>(t.data); address == 0 || address % 16 != 0)
    return "a tensor map's data must lie at a multiple of 16 bytes";
  for (int d = 0; d < t.rank; ++d) {
    if (t.extent[d] < 1 || t.extent[d] > std::int64_t{1} << 32)
      return said("a tensor map's extents are 1 to 2^32", t.extent[d]) + of_dimension(d);
    if (t.box[d] < 1 || t.box[d] > 256)
      return said("a tensor map's box takes 1 to 256 elements along a dimension", t.box[d]) + of_dimension(d);
  }
  for (int d = 0; d + 1 < t.rank; ++d)
    if (t.stride_bytes[d] < 0 || t.stride_bytes[d] % 16 != 0 || t.stride_bytes[d] >= std::int64_t{1} << 40)
      return said("a tensor map's strides are multiples of 16 bytes below 2^40", t.stride_bytes[d]) +
             of_dimension(d + 1);
  const std::int64_t row_bytes = t.box[0] * element_bytes;
  if (row_bytes % 16 != 0) return said("a box's rows must take a multiple of 16 bytes", row_bytes);
  if (t.swizzle == Swizzle::bytes_128 && row_bytes != 128)
    return said("with the 128-byte swizzle a box's rows must take 128 bytes", row_bytes);
  return "";
}

#if defined(__CUDACC__)

using TensorMap = CUtensorMap;

// Throws std::invalid_argument with tensor_layout_error, and std::runtime_error when the driver refuses.
inline TensorMap encode_tensor_map(const TensorLayout& t) {
  if (const std::string error = tensor_layout_error(t); !error.empty()) throw std::invalid_argument(error);
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found;
  WARPGAUGE_CUDA_CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000,
                                                        cudaEnableDefault, &found));
  if (found != cudaDriverEntryPointSuccess)
    throw std::runtime_error("the driver has no cuTensorMapEncodeTiled; CUDA 12 or later is needed");
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
    throw std::runtime_error("cuTensorMapEncodeTiled: CUresult " + std::to_string(status));
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
