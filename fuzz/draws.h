// Random decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "fuzz/random.h"

namespace warpgauge {

// Draws values one after the other from the stream of a seed.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t stream) : random_(seed, 0x100 + stream) {}

  std::int64_t range(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.below(next_++, static_cast<std::uint64_t>(high - low + 1)));
  }
  bool one_in(std::int64_t n) { return range(1, n) == 1; }
  std::uint64_t bits() { return random_.bits(next_++); }
  template <class T, std::size_t N>
  T pick(const T (&values)[N]) {
    return values[range(0, N - 1)];
  }
  template <class T>
  T pick(std::span<const T> values) {
    return values[static_cast<std::size_t>(range(0, std::ssize(values) - 1))];
  }

 private:
  RandomStream random_;
  std::uint64_t next_ = 0;
};

}  // namespace warpgauge
