// 16-bit floating-point types that do not need the CUDA toolkit. For storage only; arithmetic is done in
// float. Conversions round to nearest, ties to even, as PTX cvt.rn does. NaN becomes a quiet NaN, overflow
// infinity, and subnormals are kept.
#pragma once

#include <bit>
#include <cstdint>

namespace warpgauge {

// IEEE binary16: 1 sign, 5 exponent, 10 fraction bits.
struct f16 {
  std::uint16_t bits = 0;
  f16() = default;
  explicit f16(float value) : bits(encode(value)) {}
  explicit operator float() const { return decode(bits); }

  static std::uint16_t encode(float value);
  static float decode(std::uint16_t bits);
};

// bfloat16: the upper 16 bits of a binary32.
struct bf16 {
  std::uint16_t bits = 0;
  bf16() = default;
  explicit bf16(float value) : bits(encode(value)) {}
  explicit operator float() const { return decode(bits); }

  static std::uint16_t encode(float value);
  static float decode(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};

inline std::uint16_t f16::encode(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((word >> 16) & 0x8000u);
  const std::uint32_t magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);  // NaN
  if (magnitude >= 0x477ff000u)
    return static_cast<std::uint16_t>(sign | 0x7c00u);  // >= 65520 rounds to infinity
  if (magnitude < 0x38800000u) {
    // Below 2^-14 the result is subnormal. Adding 0.5 aligns 2^-24 with the last bit of the float's fraction,
    // so that the float addition rounds correctly.
    const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - 0x3f000000u));
  }
  const std::uint32_t rebased = magnitude - 0x38000000u;  // exponent bias 127 -> 15
  const std::uint32_t rounded = rebased + 0xfffu + ((rebased >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

inline float f16::decode(std::uint16_t bits) {
  // Without branches, so that the compiler vectorises loops over it. The product changes the exponent bias
  // from 15 to 127 and is exact, for subnormals too.
  const std::uint32_t sign = std::uint32_t{bits & 0x8000u} << 16;
  const std::uint32_t magnitude = std::uint32_t{bits & 0x7fffu} << 13;
  const std::uint32_t special = magnitude >= 0x0f800000u ? 0x7f800000u : 0u;  // infinity and NaN
  const float rebased = std::bit_cast<float>(magnitude) * 0x1p112f;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(rebased) | special | sign);
}

inline std::uint16_t bf16::encode(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  if ((word & 0x7fffffffu) > 0x7f800000u)
    return static_cast<std::uint16_t>((word >> 16) | 0x40u);  // quiet NaN
  return static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
}

}  // namespace warpgauge
