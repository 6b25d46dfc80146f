#include "kernels/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(half, every_f16_round_trips) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float value = f16::decode(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(f16::decode(f16::encode(value)))) << bits;
    } else {
      EXPECT_EQ(f16::encode(value), bits);
    }
  }
}

TEST(half, every_bf16_round_trips) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float value = bf16::decode(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(bf16::decode(bf16::encode(value)))) << bits;
    } else {
      EXPECT_EQ(bf16::encode(value), bits);
    }
  }
}

TEST(half, f16_known_values) {  // IEEE 754-2019, binary16
  EXPECT_EQ(f16::encode(1.0f), 0x3c00);
  EXPECT_EQ(f16::encode(-2.0f), 0xc000);
  EXPECT_EQ(f16::encode(65504.0f), 0x7bff);         // maximum
  EXPECT_EQ(f16::encode(65519.996f), 0x7bff);       // below the tie between maximum and infinity
  EXPECT_EQ(f16::encode(65520.0f), 0x7c00);         // the tie rounds to infinity
  EXPECT_EQ(f16::encode(0x1p-14f), 0x0400);         // smallest normal
  EXPECT_EQ(f16::encode(0x1p-24f), 0x0001);         // smallest subnormal
  EXPECT_EQ(f16::encode(0x1p-25f), 0x0000);         // tie to even
  EXPECT_EQ(f16::encode(0x1.000002p-25f), 0x0001);  // above the tie
  EXPECT_EQ(f16::encode(-kInfinity), 0xfc00);
}

TEST(half, f16_rounds_to_nearest_even_between_all_neighbours) {
  for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = f16::decode(bits), high = f16::decode(static_cast<std::uint16_t>(bits + 1));
    const float middle = (low + high) / 2;  // a tie, exact in float
    EXPECT_EQ(f16::encode(middle), bits % 2 == 0 ? bits : bits + 1);
    EXPECT_EQ(f16::encode(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(f16::encode(std::nextafter(middle, kInfinity)), bits + 1);
  }
}

TEST(half, bf16_rounds_to_nearest_even_between_all_neighbours) {
  for (std::uint32_t bits = 0; bits < 0x7f7f; ++bits) {
    const auto word = static_cast<std::uint16_t>(bits);
    const float middle = std::bit_cast<float>((bits << 16) | 0x8000u);
    EXPECT_EQ(bf16::encode(middle), word % 2 == 0 ? word : word + 1);
    EXPECT_EQ(bf16::encode(std::nextafter(middle, 0.0f)), word);
    EXPECT_EQ(bf16::encode(std::nextafter(middle, kInfinity)), word + 1);
  }
  EXPECT_EQ(bf16::encode(std::numeric_limits<float>::max()), 0x7f80);  // rounds up to infinity
}

}  // namespace
}  // namespace warpgauge
