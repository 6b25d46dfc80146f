// Warp collectives on registers: shuffles, votes, reductions. All lanes of the warp must take part. None of
// them orders memory; syncwarp does.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/simt/site.h"
#include "kernels/simt/warp_size.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

// The value of lane `lane_index() ^ mask`. T has 4 bytes.
template <class T>
SIMT_DEVICE T shuffle_xor(T value, int mask, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_xor_sync(kFullMask, value, mask);
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::exclusive_or, emulator::to_bits(value), mask, site));
#endif
}

// The value of lane `source` % kWarpSize.
template <class T>
SIMT_DEVICE T shuffle(T value, int source, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_sync(kFullMask, value, source);
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::index, emulator::to_bits(value), source, site));
#endif
}

// The value of lane `lane_index() - distance`; the lane's own value if that lane does not exist.
template <class T>
SIMT_DEVICE T shuffle_up(T value, int distance, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_up_sync(kFullMask, value, static_cast<unsigned>(distance));
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::up, emulator::to_bits(value), distance, site));
#endif
}

// The value of lane `lane_index() + distance`; the lane's own value if that lane does not exist.
template <class T>
SIMT_DEVICE T shuffle_down(T value, int distance, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_down_sync(kFullMask, value, static_cast<unsigned>(distance));
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::down, emulator::to_bits(value), distance, site));
#endif
}

// Bit i is lane i's predicate.
SIMT_DEVICE std::uint32_t ballot(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __ballot_sync(kFullMask, predicate);
#else
  return emulator::ballot(predicate, site);
#endif
}

SIMT_DEVICE bool any(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __any_sync(kFullMask, predicate) != 0;
#else
  return emulator::ballot(predicate, site) != 0;
#endif
}

SIMT_DEVICE bool all(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __all_sync(kFullMask, predicate) != 0;
#else
  return emulator::ballot(predicate, site) == kFullMask;
#endif
}

// True on one lane of the warp, the same one at every call (elect.sync, sm_90).
SIMT_DEVICE bool elect_one([[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  unsigned elected = 0;
  SIMT_SM90_ASM(
      "{\n"
      ".reg .pred elected;\n"
      "elect.sync _|elected, 0xffffffff;\n"
      "selp.u32 %0, 1, 0, elected;\n"
      "}"
      : "=r"(elected));
  return elected != 0;
#else
  return emulator::elect_one(site);
#endif
}

// Sum modulo 2^32, minimum and maximum over all lanes (redux.sync).
SIMT_DEVICE std::uint32_t reduce_add(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_add_sync(kFullMask, value);
#else
  return emulator::reduce(emulator::Reduction::add, value, site);
#endif
}

SIMT_DEVICE std::uint32_t reduce_min(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_min_sync(kFullMask, value);
#else
  return emulator::reduce(emulator::Reduction::min, value, site);
#endif
}

SIMT_DEVICE std::uint32_t reduce_max(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_max_sync(kFullMask, value);
#else
  return emulator::reduce(emulator::Reduction::max, value, site);
#endif
}

}  // namespace warpgauge::simt
