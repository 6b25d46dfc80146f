#include "kernels/simt/emulator/product.h"

#include <bit>

// This is all of the emulator's arithmetic: worth a version for each width of vectors.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define WARPGAUGE_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WARPGAUGE_VECTOR_CLONES
#endif

namespace warpgauge::simt::emulator {

// Without branches, so that it is done in vectors.
WARPGAUGE_VECTOR_CLONES void widen(f16, const std::uint16_t* bits, float* values, int count) {
  for (int i = 0; i < count; ++i) {
    const std::uint32_t sign = (std::uint32_t{bits[i]} & 0x8000u) << 16;
    const std::uint32_t magnitude = (std::uint32_t{bits[i]} & 0x7fffu) << 13;
    const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;  // from a bias of 15 to one of 127
    const std::uint32_t special = (bits[i] & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
    values[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | special | sign);
  }
}

WARPGAUGE_VECTOR_CLONES void widen(bf16, const std::uint16_t* bits, float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = std::bit_cast<float>(std::uint32_t{bits[i]} << 16);
}

WARPGAUGE_VECTOR_CLONES void multiply(const float* a, const float* b, float* c) {
  using Row = float __attribute__((vector_size(kTileColumns * sizeof(float))));
  const Row* const b_rows = reinterpret_cast<const Row*>(b);
  Row* const c_rows = reinterpret_cast<Row*>(c);
  for (int i = 0; i < kTileRows; ++i) {
    // Two sums: the additions of one would wait for each other.
    Row even = c_rows[i], odd{};
    for (int k = 0; k < kTileDepth; k += 2) {
      even += a[i * kTileDepth + k] * b_rows[k];
      odd += a[i * kTileDepth + k + 1] * b_rows[k + 1];
    }
    c_rows[i] = even + odd;
  }
}

}  // namespace warpgauge::simt::emulator
