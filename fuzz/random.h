// Counter-based random numbers: a value depends on (seed, stream, index) only. Any element can be computed
// alone, on any thread, in any order. Only integer arithmetic and exactly rounded conversions: the bits are
// the same on every platform, which std::normal_distribution does not guarantee.
#pragma once

#include <bit>
#include <cstdint>

namespace warpgauge {

// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): a bijection; each input bit flips half of the
// bits.
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class RandomStream {
 public:
  constexpr RandomStream(std::uint64_t seed, std::uint64_t stream)
      : key_(mix_bits(mix_bits(seed + 0x9e3779b97f4a7c15u) + stream)) {}

  constexpr std::uint64_t bits(std::uint64_t index) const {
    return mix_bits(key_ + index * 0x9e3779b97f4a7c15u);
  }

  // Uniform in 0..count-1; count is at least 1. The bias of the multiplication is below 2^-32 for count <
  // 2^32.
  constexpr std::uint64_t below(std::uint64_t index, std::uint64_t count) const {
    return ((bits(index) >> 32) * count) >> 32;
  }

  // Normal, mean 0, standard deviation 1: the sum of eight uniform 16-bit numbers (Irwin-Hall). |x| <= 4.9.
  float normal(std::uint64_t index) const {
    const std::uint64_t a = bits(2 * index), b = bits(2 * index + 1);
    constexpr std::uint64_t kEven = 0x0000ffff0000ffffu;
    const std::uint64_t pairs = (a & kEven) + ((a >> 16) & kEven) + (b & kEven) + ((b >> 16) & kEven);
    const auto sum = static_cast<std::int32_t>((pairs >> 32) + (pairs & 0xffffffffu));
    constexpr float kInverseDeviation = 1.0f / 53509.98f;  // sqrt(8 / 12) * 2^16
    return static_cast<float>(sum - 4 * 0xffff) * kInverseDeviation;
  }

  // Normal times 2^g, g geometric and at most 6: about one element in 64 is scaled by 64.
  float heavy_tailed(std::uint64_t index) const {
    const int doublings = std::countr_zero(bits(~index) | 64u);
    return normal(index) * static_cast<float>(1 << doublings);
  }

 private:
  std::uint64_t key_;
};

}  // namespace warpgauge
