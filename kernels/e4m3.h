// fp8 E4M3 without the CUDA toolkit: 1 sign, 4 exponent, 3 fraction bits, bias 7. For storage only, as
// half.h. The format is that of OCP 8-bit Floating Point Specification (OFP8) 1.0, section 5.2 ("E4M3FN"): no
// infinities; NaN is 0x7f or 0xff; the maximum is 448, the smallest normal number 2^-6, the smallest
// subnormal one 2^-9.
//
// Conversions round to nearest, ties to even, and saturate: what exceeds 448, and infinity, becomes 448. NaN
// becomes 0x7f. As PTX cvt.rn.satfinite.e4m3x2.f32 and __nv_cvt_float_to_fp8(x, __NV_SATFINITE, __NV_E4M3) of
// cuda_fp8.h do, which FlashAttention-3 uses. With __NV_NOSAT, what exceeds 464 would become NaN.
#pragma once

#include <bit>
#include <cstdint>

namespace warpgauge {

struct e4m3 {
  std::uint8_t bits = 0;
  e4m3() = default;
  explicit e4m3(float value) : bits(encode(value)) {}
  explicit operator float() const { return decode(bits); }

  static constexpr std::uint8_t kNan = 0x7f, kMax = 0x7e;
  static std::uint8_t encode(float value);
  static float decode(std::uint8_t bits);
};

inline std::uint8_t e4m3::encode(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (word >> 24) & 0x80u, magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return kNan;
  if (magnitude >= 0x43e80000u) return static_cast<std::uint8_t>(sign | kMax);  // >= 464, the last tie
  if (magnitude < 0x3c800000u) {
    // Below 2^-6 the result is subnormal. Adding 2^14 aligns 2^-9 with the last bit of the float's fraction,
    // so that the float addition rounds correctly.
    const float aligned = std::bit_cast<float>(magnitude) + 0x1p14f;
    return static_cast<std::uint8_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - 0x46800000u));
  }
  const std::uint32_t rebased = magnitude - 0x3c000000u;  // exponent bias 127 -> 7
  const std::uint32_t rounded = rebased + 0x7ffffu + ((rebased >> 20) & 1u);
  return static_cast<std::uint8_t>(sign | (rounded >> 20));
}

inline float e4m3::decode(std::uint8_t bits) {
  // As f16::decode: without branches, and exact.
  const std::uint32_t sign = std::uint32_t{bits & 0x80u} << 24;
  const std::uint32_t magnitude = std::uint32_t{bits & 0x7fu} << 20;
  const std::uint32_t special = magnitude == 0x07f00000u ? 0x7fc00000u : 0u;  // NaN
  const float rebased = std::bit_cast<float>(magnitude) * 0x1p120f;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(rebased) | special | sign);
}

}  // namespace warpgauge
