// The arithmetic of the matrix instructions: 16-bit floats to floats, and products of tiles in f32.
#pragma once

#include <cstdint>

#include "kernels/half.h"

namespace warpgauge::simt::emulator {

inline constexpr int kTileRows = 16, kTileColumns = 8, kTileDepth = 16;

// Bits of 16-bit floats to floats; exact, subnormals and NaN included.
void widen(f16, const std::uint16_t* bits, float* values, int count);
void widen(bf16, const std::uint16_t* bits, float* values, int count);

// c [16][8] += a [16][16] b [16][8], all aligned to a row of 8 floats.
void multiply(const float* a, const float* b, float* c);

}  // namespace warpgauge::simt::emulator
