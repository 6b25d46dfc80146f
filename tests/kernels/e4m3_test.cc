#include "kernels/e4m3.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#ifdef E4M3_TEST_WITH_CUDA
#include <cuda_fp8.h>
#endif

#include "kernels/half.h"

namespace warpgauge {
namespace {

// The formula of OFP8 section 5.2, independent of the code.
float value_of(std::uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 3 & 15), fraction = static_cast<int>(bits & 7);
  if (exponent == 15 && fraction == 7) return std::numeric_limits<float>::quiet_NaN();
  const float magnitude = exponent == 0
                              ? std::ldexp(static_cast<float>(fraction), -9)
                              : std::ldexp(1.0f + static_cast<float>(fraction) / 8.0f, exponent - 7);
  return bits & 0x80 ? -magnitude : magnitude;
}

TEST(e4m3, all_256_values_are_those_of_the_format) {
  for (std::uint32_t bits = 0; bits < 256; ++bits) {
    const float value = e4m3::decode(static_cast<std::uint8_t>(bits));
    if (std::isnan(value_of(bits))) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      EXPECT_EQ(e4m3::encode(value), 0x7f);
    } else {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(value), std::bit_cast<std::uint32_t>(value_of(bits))) << bits;
      EXPECT_EQ(e4m3::encode(value), bits);
    }
  }
}

TEST(e4m3, known_values) {
  EXPECT_EQ(e4m3::encode(1.0f), 0x38);
  EXPECT_EQ(e4m3::encode(-2.0f), 0xc0);
  EXPECT_EQ(e4m3::encode(448.0f), 0x7e);           // maximum
  EXPECT_EQ(e4m3::encode(0x1p-6f), 0x08);          // smallest normal
  EXPECT_EQ(e4m3::encode(0x1p-9f), 0x01);          // smallest subnormal
  EXPECT_EQ(e4m3::encode(0x1p-10f), 0x00);         // tie to even
  EXPECT_EQ(e4m3::encode(0x1.000002p-10f), 0x01);  // above the tie
  EXPECT_EQ(e4m3::encode(-0.0f), 0x80);
  EXPECT_EQ(e4m3::encode(-1e-30f), 0x80);
}

TEST(e4m3, rounds_to_nearest_even_between_all_neighbours) {
  for (std::uint8_t bits = 0; bits < 0x7e; ++bits) {
    const auto next = static_cast<std::uint8_t>(bits + 1);
    const float middle = (e4m3::decode(bits) + e4m3::decode(next)) / 2;  // a tie, exact in float
    for (const std::uint32_t sign : {0u, 0x80u}) {
      const auto encoded = [sign](float magnitude) { return e4m3::encode(sign ? -magnitude : magnitude); };
      EXPECT_EQ(encoded(middle), sign | (bits % 2 == 0 ? bits : next));
      EXPECT_EQ(encoded(std::nextafter(middle, 0.0f)), sign | bits);
      EXPECT_EQ(encoded(std::nextafter(middle, HUGE_VALF)), sign | next);
    }
  }
}

TEST(e4m3, what_exceeds_the_maximum_saturates) {
  for (const float value : {448.1f, 464.0f, 464.001f, 480.0f, 1e30f, HUGE_VALF}) {
    EXPECT_EQ(e4m3::encode(value), 0x7e) << value;
    EXPECT_EQ(e4m3::encode(-value), 0xfe) << value;
  }
}

#ifdef E4M3_TEST_WITH_CUDA
TEST(e4m3, conversions_are_those_of_cuda_fp8) {
  for (std::uint32_t bits = 0; bits < 256; ++bits) {
    const auto half = __nv_cvt_fp8_to_halfraw(static_cast<__nv_fp8_storage_t>(bits), __NV_E4M3);
    const float expected = f16::decode(half.x), value = e4m3::decode(static_cast<std::uint8_t>(bits));
    EXPECT_TRUE(value == expected || (std::isnan(value) && std::isnan(expected))) << bits;
  }
  // Every float with 12 leading bits, and its neighbours: all ties, and both ends of the range.
  for (std::uint32_t high = 0; high < 1u << 20; ++high)
    for (const std::uint32_t low : {0u, 1u, 0xfffu}) {
      const float value = std::bit_cast<float>(high << 12 | low);
      ASSERT_EQ(e4m3::encode(value), __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3)) << value;
    }
}
#endif

}  // namespace
}  // namespace warpgauge
