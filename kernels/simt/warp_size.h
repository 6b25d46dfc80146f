// Sizes that are the same on every GPU that CUDA supports, for device code, host code and the emulator.
#pragma once

namespace warpgauge::simt {

inline constexpr int kWarpSize = 32;                // lanes
inline constexpr unsigned kFullMask = 0xffffffffu;  // all lanes of a warp
inline constexpr int kWarpsPerWarpgroup = 4;        // PTX ISA, wgmma: four contiguous warps
inline constexpr int kWarpgroupSize = kWarpsPerWarpgroup * kWarpSize;
inline constexpr int kMaxBlockThreads = 1024;

}  // namespace warpgauge::simt
