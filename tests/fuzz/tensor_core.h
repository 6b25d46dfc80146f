// How a tensor core adds up a dot product of 16-bit values, in software: products are exact; those of a
// block, and the sum so far, are shifted to the largest exponent among them and cut off there, a few bits
// past f32's; so is their sum. What is cut off is all of one sign where the terms are. Fasi, Higham, Mikaitis
// and Pranesh 2021, "Numerical behavior of NVIDIA tensor cores".
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace warpgauge {

struct TensorCore {
  std::int64_t block;  // products that are added at once
  int extra_bits;      // kept past f32's 24 while they are
};

inline constexpr TensorCore kAmpere{8, 1}, kHopper{16, 2};

// |value| down to the next multiple of 2^(exponent - bits).
inline double cut_off(double value, int exponent, int bits) {
  return std::ldexp(std::trunc(std::ldexp(value, bits - exponent)), exponent - bits);
}

inline float dot_product(const TensorCore& core, std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  const auto dim = static_cast<std::int64_t>(a.size());
  for (std::int64_t first = 0; first < dim; first += core.block) {
    const std::int64_t end = std::min(dim, first + core.block);
    double largest = std::fabs(sum);
    for (std::int64_t d = first; d < end; ++d) largest = std::max(largest, std::fabs(double{a[d]} * b[d]));
    if (largest == 0) continue;
    const int exponent = std::ilogb(largest), bits = 23 + core.extra_bits;
    double total = cut_off(sum, exponent, bits);
    for (std::int64_t d = first; d < end; ++d) total += cut_off(double{a[d]} * b[d], exponent, bits);
    sum = total == 0 ? 0 : cut_off(total, std::ilogb(total), 23);
  }
  return static_cast<float>(sum);
}

}  // namespace warpgauge
