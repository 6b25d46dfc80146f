// Named arrays in dynamic shared memory.
//
// Every thread of a block allocates the same arrays in the same order:
//   SharedMemory shared;
//   T* keys = shared.array<T>("keys", kRows * kDim);
// On a GPU this is pointer arithmetic. The emulator puts a red zone around each array, so that it detects an
// access past the end of one. It also reports reads of uninitialised elements.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simt/site.h"
#include "kernels/simt/swizzle.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

inline constexpr std::size_t kSharedAlignment = kSwizzlePatternBytes;  // required by TMA and wgmma

// The end of an array of `bytes` that is allocated after `offset`.
constexpr std::size_t shared_bytes(std::size_t offset, std::size_t bytes, std::size_t alignment = 128) {
  return (offset + alignment - 1) / alignment * alignment + bytes;
}

class SharedMemory {
 public:
  // `elements` of T, aligned to `alignment` bytes (a power of two, at most kSharedAlignment). `name` appears
  // in the emulator's reports.
  template <class T>
  SIMT_DEVICE T* array([[maybe_unused]] const char* name, std::size_t elements, std::size_t alignment = 128,
                       [[maybe_unused]] Site site = Site::here()) {
    const std::size_t bytes = elements * sizeof(T);
    used_ = shared_bytes(used_, bytes, alignment);
#if defined(__CUDACC__)
    extern __shared__ __align__(kSharedAlignment) unsigned char dynamic_shared_memory[];
    return reinterpret_cast<T*>(dynamic_shared_memory + used_ - bytes);
#else
    return static_cast<T*>(emulator::allocate_shared(name, used_ - bytes, bytes, alignment, site));
#endif
  }

 private:
  std::size_t used_ = 0;
};

#if defined(__CUDACC__)
// The address in the shared state space, which PTX instructions take.
SIMT_DEVICE std::uint32_t shared_address(const void* pointer) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}
#endif

}  // namespace warpgauge::simt
