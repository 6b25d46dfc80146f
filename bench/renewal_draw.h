// How the inputs of a timed launch differ from those of the check. Each timed launch gets inputs of its own,
// so that outputs of earlier launches are wrong. Host and device code share this header.
//
// - Q: in each head, a random half of the columns changes its sign. All logits change.
// - K and V: in each block of 32 keys, one row is replaced; in the first block that is key 0. Each query that
//   sees a key sees key 0, or a whole block: blocks are shorter in a narrow window. One of at most 63 keys in
//   every prefix is new. The new values of V are 32 times as large as the others. So every output moves, also
//   if a kernel has kept a form of K or V. With ALiBi a block has 8 keys, because only near ones may have
//   weight. With a bias tensor all rows are new, because any key may have none.
// - Sinks, ALiBi slopes: all are new. A sink takes about the weight of all keys. A slope is at most 0.22, so
//   that the nearest new key has weight.
// - Bias tensor: in each row, a random visible key gets a new value, about the weight of all keys.
#pragma once

#include <cstdint>

#include "fuzz/random.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

// Keys per replaced row. A query sees key 0, or at least left + 1 keys: these hold a whole block.
constexpr std::int64_t renewed_block(const Problem& p) {
  const std::int64_t most = p.bias == Bias::none ? 32 : p.bias == Bias::alibi ? 8 : 1, left = p.window.left;
  return left >= 0 && left / 2 + 1 < most ? left / 2 + 1 : most;
}

constexpr std::int64_t renewed_blocks(const Problem& p) {
  return (p.seq_k + renewed_block(p) - 1) / renewed_block(p);
}

// About ln(count), in multiples of 1/16: exact, and the same on host and device.
constexpr float rough_log(std::int64_t count) {
  float log = 0;
  for (; count > 0; count /= 2) log += 0.6875f;
  return log;
}

// New elements at two neighbouring places of a row of K, and of V. The second is not used after the last
// column of an odd head dimension.
struct NewElements {
  float k[2], v[2];
};

// The changes, as a function of 64 random bits. 0 stands for the inputs of the check, without any change.
// Heads count through [B, H] or [B, Hkv].
class RenewalDraw {
 public:
  constexpr explicit RenewalDraw(std::uint64_t bits)
      : is_none_(bits == 0), signs_(bits, 1), keys_(bits, 2), elements_(bits, 3), variants_(bits, 4) {}

  constexpr bool is_none() const { return is_none_; }

  // Whether column d of Q has the other sign.
  constexpr bool flips(std::int64_t head, std::int64_t head_dim, std::int64_t d) const {
    const std::int64_t words = (head_dim + 63) / 64;
    const auto index = static_cast<std::uint64_t>(head * words + d / 64);
    return !is_none_ && (signs_.bits(index) >> (d % 64) & 1) != 0;
  }

  // The key of a block whose rows of K and V are replaced.
  constexpr std::int64_t key(const Problem& p, std::int64_t kv_head, std::int64_t block) const {
    if (block == 0) return 0;
    const std::int64_t size = renewed_block(p), first = block * size;
    const std::int64_t keys = p.seq_k - first < size ? p.seq_k - first : size;
    const auto index = static_cast<std::uint64_t>(kv_head * renewed_blocks(p) + block);
    return first + static_cast<std::int64_t>(keys_.below(index, static_cast<std::uint64_t>(keys)));
  }

  // The elements 2 pair and 2 pair + 1 of a replaced row of K and of V. `row` counts through [B, Hkv,
  // blocks].
  constexpr NewElements elements(const Problem& p, std::int64_t row, std::int64_t pair) const {
    constexpr float kOfKeys = 0x1p-5f;
    const std::int64_t value_dim = p.value_dim == 0 ? p.head_dim : p.value_dim;
    const std::int64_t dim = p.head_dim > value_dim ? p.head_dim : value_dim;
    const std::uint64_t bits = elements_.bits(static_cast<std::uint64_t>(row * ((dim + 1) / 2) + pair));
    return {{kOfKeys * element(bits), kOfKeys * element(bits >> 15)},
            {element(bits >> 30), element(bits >> 45)}};
  }

  // Of a head.
  constexpr float sink(const Problem& p, std::int64_t head) const {
    return near_log(visible_keys(p, p.seq_q - 1), variants_.bits(2 * static_cast<std::uint64_t>(head)));
  }
  constexpr float slope(std::int64_t head) const {
    const std::uint64_t bits = variants_.bits(2 * static_cast<std::uint64_t>(head) + 1);
    return static_cast<float>(4 + (bits & 3)) / static_cast<float>(std::uint64_t{32} << (bits >> 2) % 6);
  }

  // The key of a row of the bias, and its value there. `row` counts through [H, Sq]; it sees `keys`, at least
  // one.
  constexpr std::int64_t biased_key(std::int64_t row, const KeyRange& keys) const {
    return keys.first + static_cast<std::int64_t>(variants_.below(2 * static_cast<std::uint64_t>(row),
                                                                  static_cast<std::uint64_t>(keys.count())));
  }
  constexpr float bias(std::int64_t row, const KeyRange& keys) const {
    return near_log(keys.count(), variants_.bits(2 * static_cast<std::uint64_t>(row) + 1));
  }

 private:
  // An odd whole number from -93 to 93, the sum of three uniform numbers. The standard deviation is 32. It
  // has seven bits, and so it is exact in every type.
  static constexpr float element(std::uint64_t bits) {
    return static_cast<float>(2 * static_cast<int>((bits & 31) + (bits >> 5 & 31) + (bits >> 10 & 31)) - 93);
  }

  // 1 below to 3 above about ln(count), in steps of 1/8.
  static constexpr float near_log(std::int64_t count, std::uint64_t bits) {
    return rough_log(count) - 1 + static_cast<float>(bits & 31) / 8;
  }

  bool is_none_;
  RandomStream signs_, keys_, elements_, variants_;
};

}  // namespace warpgauge::bench
