// Vector loads and stores of 4, 8 or 16 bytes, aligned to their size, in shared or global memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/simt/site.h"
#if !defined(__CUDACC__)
#include "kernels/simt/emulator/device.h"
#endif

namespace warpgauge::simt {

template <int kWords>
struct alignas(4 * kWords) Words {
  static_assert(kWords == 1 || kWords == 2 || kWords == 4);
  std::uint32_t word[kWords];
};

template <int kWords>
SIMT_DEVICE Words<kWords> load_words(const void* address, [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  using Vector = std::conditional_t<kWords == 4, uint4, std::conditional_t<kWords == 2, uint2, unsigned>>;
  const Vector value = *static_cast<const Vector*>(address);
  Words<kWords> words;
  memcpy(&words, &value, sizeof words);
  return words;
#else
  Words<kWords> words;
  emulator::load(words.word, address, sizeof words, site);
  return words;
#endif
}

template <int kWords>
SIMT_DEVICE void store_words(void* address, const Words<kWords>& words,
                             [[maybe_unused]] Site site = Site::here()) {
#if defined(__CUDACC__)
  using Vector = std::conditional_t<kWords == 4, uint4, std::conditional_t<kWords == 2, uint2, unsigned>>;
  Vector value;
  memcpy(&value, &words, sizeof value);
  *static_cast<Vector*>(address) = value;
#else
  emulator::store(address, words.word, sizeof words, site);
#endif
}

}  // namespace warpgauge::simt
