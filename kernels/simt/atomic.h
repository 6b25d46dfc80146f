// Relaxed atomic updates of a 4-byte word in shared or global memory. They do not race with each other. In
// global memory they order accesses of different blocks together with threadfence (barrier.h).
#pragma once

#include <cstdint>

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

// *address += value. Returns the old value. T is int, unsigned or float.
template <class T>
SIMT_DEVICE T atomic_add(T* address, T value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return atomicAdd(address, value);
#else
  return emulator::atomic_update(
      address, [value](T before) { return static_cast<T>(before + value); }, site);
#endif
}

// *address = max(*address, value). Returns the old value. T is int or unsigned.
template <class T>
SIMT_DEVICE T atomic_max(T* address, T value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return atomicMax(address, value);
#else
  return emulator::atomic_update(
      address, [value](T before) { return before < value ? value : before; }, site);
#endif
}

// *address = value if it equals `expected`. Returns the old value. T is int or unsigned.
template <class T>
SIMT_DEVICE T atomic_compare_exchange(T* address, T expected, T value,
                                      [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return atomicCAS(address, expected, value);
#else
  return emulator::atomic_update(
      address, [expected, value](T before) { return before == expected ? value : before; }, site);
#endif
}

}  // namespace warpgauge::simt
