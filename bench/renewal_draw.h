// How the inputs of a timed launch differ from those of the check. Each timed launch gets inputs of its own,
// so that outputs of earlier launches are wrong. Host and device code share this header.
//
// - Q: in each head, a random half of the columns changes its sign. All logits change.
// - K and V: in each block of 32 keys, one row is replaced; in the first block that is key 0. Each query that
//   sees a key sees key 0, and one of at most 63 keys in every prefix is new. The new values of V are 32
//   times as large as the others. So every output moves, also if a kernel has kept a form of K or V.
#pragma once

#include <cstdint>

#include "fuzz/random.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

inline constexpr std::int64_t kRenewedBlock = 32;  // keys per replaced row

constexpr std::int64_t renewed_blocks(std::int64_t seq_k) {
  return (seq_k + kRenewedBlock - 1) / kRenewedBlock;
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
      : is_none_(bits == 0), signs_(bits, 1), keys_(bits, 2), elements_(bits, 3) {}

  constexpr bool is_none() const { return is_none_; }

  // Whether column d of Q has the other sign.
  constexpr bool flips(std::int64_t head, std::int64_t head_dim, std::int64_t d) const {
    const std::int64_t words = (head_dim + 63) / 64;
    const auto index = static_cast<std::uint64_t>(head * words + d / 64);
    return !is_none_ && (signs_.bits(index) >> (d % 64) & 1) != 0;
  }

  // The key of a block whose rows of K and V are replaced.
  constexpr std::int64_t key(std::int64_t kv_head, std::int64_t block, std::int64_t seq_k) const {
    if (block == 0) return 0;
    const std::int64_t first = block * kRenewedBlock;
    const std::int64_t keys = seq_k - first < kRenewedBlock ? seq_k - first : kRenewedBlock;
    const auto index = static_cast<std::uint64_t>(kv_head * renewed_blocks(seq_k) + block);
    return first + static_cast<std::int64_t>(keys_.below(index, static_cast<std::uint64_t>(keys)));
  }

  // The elements 2 pair and 2 pair + 1 of a replaced row. `row` counts through [B, Hkv, blocks].
  constexpr NewElements elements(std::int64_t row, std::int64_t head_dim, std::int64_t pair) const {
    constexpr float kOfKeys = 0x1p-5f;
    const std::uint64_t bits = elements_.bits(static_cast<std::uint64_t>(row * ((head_dim + 1) / 2) + pair));
    return {{kOfKeys * element(bits), kOfKeys * element(bits >> 15)},
            {element(bits >> 30), element(bits >> 45)}};
  }

 private:
  // An odd whole number from -93 to 93, the sum of three uniform numbers. The standard deviation is 32. It
  // has seven bits, and so it is exact in every type.
  static constexpr float element(std::uint64_t bits) {
    return static_cast<float>(2 * static_cast<int>((bits & 31) + (bits >> 5 & 31) + (bits >> 10 & 31)) - 93);
  }

  bool is_none_;
  RandomStream signs_, keys_, elements_;
};

}  // namespace warpgauge::bench
