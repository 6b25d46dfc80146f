// Dynamic shared memory, carved into named arrays.
//
// Every thread of a block carves the same arrays in the same order:
//   SharedMemory shared;
//   T* keys = shared.array<T>("keys", kRows * kDim);
// On a GPU that is pointer arithmetic. The emulator puts a red zone around each array, so that running over
// the end of one does not go unseen into the next; contents start uninitialised, and reading them is
// reported.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

inline constexpr std::size_t kSharedAlignment = 1024;  // what TMA's 128-byte swizzle asks for

// Bytes that arrays of these sizes take, each rounded up to its alignment: for launch.h and a kernel's
// static_assert.
constexpr std::size_t shared_bytes(std::size_t offset, std::size_t bytes, std::size_t alignment = 128) {
  return (offset + alignment - 1) / alignment * alignment + bytes;
}

class SharedMemory {
 public:
  // `elements` of T, aligned to `alignment` bytes (a power of two, at most kSharedAlignment). The name is for
  // reports only.
  template <class T>
  SIMT_DEVICE T* array([[maybe_unused]] const char* name, std::size_t elements, std::size_t alignment = 128,
                       [[maybe_unused]] Site site = Site::here()) {
    const std::size_t bytes = elements * sizeof(T);
    used_ = shared_bytes(used_, bytes, alignment);
#if defined(__CUDACC__)
    extern __shared__ __align__(kSharedAlignment) unsigned char dynamic_shared_memory[];
    return reinterpret_cast<T*>(dynamic_shared_memory + used_ - bytes);
#else
    return static_cast<T*>(emulator::carve_shared(name, used_ - bytes, bytes, alignment, site));
#endif
  }

 private:
  std::size_t used_ = 0;
};

#if defined(__CUDACC__)
// An address in the shared window, as PTX instructions take it.
SIMT_DEVICE std::uint32_t shared_address(const void* pointer) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}
#endif

}  // namespace warpgauge::simt
