// The arithmetic of mma and wgmma: conversion of 16-bit floats to f32, and f32 products of tiles.
#pragma once

#include <cstdint>

#include "kernels/half.h"

namespace warpgauge::simt::emulator {

inline constexpr int kTileRows = 16, kTileColumns = 8, kTileDepth = 16;

// Converts the bits of 16-bit floats to floats. Exact, subnormals and NaN included.
void widen(f16, const std::uint16_t* bits, float* values, int count);
void widen(bf16, const std::uint16_t* bits, float* values, int count);

// Writes a lane's fragment of A (PTX ISA, mma.m16n8k16 and wgmma) to the matrix `bits` [16][16].
inline void place_a_fragment(int lane, const std::uint32_t* fragment, std::uint16_t* bits) {
  const int g = lane / 4, t = lane % 4;
  for (int r = 0; r < 4; ++r) {
    std::uint16_t* const at = bits + (g + r % 2 * 8) * kTileDepth + 2 * t + r / 2 * 8;
    at[0] = static_cast<std::uint16_t>(fragment[r]);
    at[1] = static_cast<std::uint16_t>(fragment[r] >> 16);
  }
}

// c [16][8] += a [16][16] b [16][8]. b and c must be aligned to a row of 8 floats.
void multiply(const float* a, const float* b, float* c);

}  // namespace warpgauge::simt::emulator
