// A software model of the dot product of 16-bit values in a tensor core. Products are exact. The products of
// a block and the sum so far are aligned to their largest exponent and truncated a few bits below f32's
// precision. Their sum is truncated too. If all terms have one sign, so has everything that is truncated.
// Source: Fasi, Higham, Mikaitis and Pranesh 2021, "Numerical behavior of NVIDIA tensor cores".
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace warpgauge {

struct TensorCore {
  std::int64_t block;  // products that are added in one step
  int extra_bits;      // kept beyond the 24 of f32 in that step
};

inline constexpr TensorCore kAmpere{8, 1}, kHopper{16, 2};

// Truncates |value| to a multiple of 2^(exponent - bits).
inline double truncate(double value, int exponent, int bits) {
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
    double total = truncate(sum, exponent, bits);
    for (std::int64_t d = first; d < end; ++d) total += truncate(double{a[d]} * b[d], exponent, bits);
    sum = total == 0 ? 0 : truncate(total, std::ilogb(total), 23);
  }
  return static_cast<float>(sum);
}

}  // namespace warpgauge
