// What the 32 lanes of a warp tell each other through registers: shuffles, votes, reductions. All lanes take
// part. None of these orders memory; that is syncwarp's.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

// The value of lane `lane_index() ^ mask`. T has 4 bytes.
template <class T>
SIMT_DEVICE T shuffle_xor(T value, int mask, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_xor_sync(0xffffffffu, value, mask);
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::exclusive_or, emulator::to_bits(value), mask, site));
#endif
}

// The value of lane `source` % 32.
template <class T>
SIMT_DEVICE T shuffle(T value, int source, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_sync(0xffffffffu, value, source);
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::index, emulator::to_bits(value), source, site));
#endif
}

// The value of lane `lane_index() - distance`; the lane's own where there is none.
template <class T>
SIMT_DEVICE T shuffle_up(T value, int distance, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_up_sync(0xffffffffu, value, static_cast<unsigned>(distance));
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::up, emulator::to_bits(value), distance, site));
#endif
}

// The value of lane `lane_index() + distance`; the lane's own where there is none.
template <class T>
SIMT_DEVICE T shuffle_down(T value, int distance, [[maybe_unused]] Site site = Site::here()) {
  static_assert(sizeof(T) == 4);
#if defined(__CUDACC__)
  return __shfl_down_sync(0xffffffffu, value, static_cast<unsigned>(distance));
#else
  return emulator::bits_to<T>(
      emulator::shuffle(emulator::Shuffle::down, emulator::to_bits(value), distance, site));
#endif
}

// Bit i is lane i's predicate.
SIMT_DEVICE std::uint32_t ballot(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __ballot_sync(0xffffffffu, predicate);
#else
  return emulator::ballot(predicate, site);
#endif
}

SIMT_DEVICE bool any(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __any_sync(0xffffffffu, predicate) != 0;
#else
  return emulator::ballot(predicate, site) != 0;
#endif
}

SIMT_DEVICE bool all(bool predicate, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __all_sync(0xffffffffu, predicate) != 0;
#else
  return emulator::ballot(predicate, site) == 0xffffffffu;
#endif
}

// Whether this lane is the one that acts for its warp: the same one every time (elect.sync, sm_90).
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

// Over all lanes (redux.sync): sum modulo 2^32, smallest, largest.
SIMT_DEVICE std::uint32_t reduce_add(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_add_sync(0xffffffffu, value);
#else
  return emulator::reduce(emulator::Reduction::add, value, site);
#endif
}

SIMT_DEVICE std::uint32_t reduce_min(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_min_sync(0xffffffffu, value);
#else
  return emulator::reduce(emulator::Reduction::min, value, site);
#endif
}

SIMT_DEVICE std::uint32_t reduce_max(std::uint32_t value, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  return __reduce_max_sync(0xffffffffu, value);
#else
  return emulator::reduce(emulator::Reduction::max, value, site);
#endif
}

}  // namespace warpgauge::simt
