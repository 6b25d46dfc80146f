#include "kernels/simt/emulator/product.h"

// These loops are the emulator's arithmetic, so they are compiled for each vector width.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define WARPGAUGE_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WARPGAUGE_VECTOR_CLONES
#endif

namespace warpgauge::simt::emulator {

WARPGAUGE_VECTOR_CLONES void widen(f16, const std::uint16_t* bits, float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = f16::decode(bits[i]);
}

WARPGAUGE_VECTOR_CLONES void widen(bf16, const std::uint16_t* bits, float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = bf16::decode(bits[i]);
}

WARPGAUGE_VECTOR_CLONES void multiply(const float* a, const float* b, float* c) {
  using Row = float __attribute__((vector_size(kTileColumns * sizeof(float))));
  const Row* const b_rows = reinterpret_cast<const Row*>(b);
  Row* const c_rows = reinterpret_cast<Row*>(c);
  for (int i = 0; i < kTileRows; ++i) {
    // Two sums, to shorten the chain of dependent additions.
    Row even = c_rows[i], odd{};
    for (int k = 0; k < kTileDepth; k += 2) {
      even += a[i * kTileDepth + k] * b_rows[k];
      odd += a[i * kTileDepth + k + 1] * b_rows[k + 1];
    }
    c_rows[i] = even + odd;
  }
}

}  // namespace warpgauge::simt::emulator
