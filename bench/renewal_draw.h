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

// The changes, as a function of 64 random bits. 0 stands for the inputs of the check, without any change.
// Heads count through [B, H] or [B, Hkv].
class RenewalDraw {
 public:
  constexpr explicit RenewalDraw(std::uint64_t bits) : bits_(bits) {}

  constexpr bool is_none() const { return bits_ == 0; }

  // Whether column d of Q has the other sign.
  constexpr bool flips(std::int64_t head, std::int64_t head_dim, std::int64_t d) const {
    if (is_none()) return false;
    const std::int64_t words = (head_dim + 63) / 64;
    const auto index = static_cast<std::uint64_t>(head * words + d / 64);
    return (RandomStream(bits_, kSigns).bits(index) >> (d % 64) & 1) != 0;
  }

  // The key of a block whose rows of K and V are replaced.
  constexpr std::int64_t key(std::int64_t kv_head, std::int64_t block, std::int64_t seq_k) const {
    if (block == 0) return 0;
    const std::int64_t first = block * kRenewedBlock;
    const std::int64_t keys = seq_k - first < kRenewedBlock ? seq_k - first : kRenewedBlock;
    const auto index = static_cast<std::uint64_t>(kv_head * renewed_blocks(seq_k) + block);
    return first + static_cast<std::int64_t>(
                       RandomStream(bits_, kKeys).below(index, static_cast<std::uint64_t>(keys)));
  }

  // New elements. `index` counts through [kv_head, block, d]. They are exact in every type.
  constexpr float new_k(std::int64_t index) const { return element(kNewK, index) * 0x1p-4f; }
  constexpr float new_v(std::int64_t index) const { return element(kNewV, index) * 2; }

 private:
  enum Stream : std::uint64_t { kSigns = 1, kKeys, kNewK, kNewV };

  // A whole number from -62 to 62: the sum of four uniform numbers. The standard deviation is 18.5.
  constexpr float element(Stream stream, std::int64_t index) const {
    const std::uint64_t bits = RandomStream(bits_, stream).bits(static_cast<std::uint64_t>(index));
    const auto sum = static_cast<int>((bits & 31) + (bits >> 5 & 31) + (bits >> 10 & 31) + (bits >> 15 & 31));
    return static_cast<float>(sum - 62);
  }

  std::uint64_t bits_;
};

}  // namespace warpgauge::bench
