// Host code that the launches of all attention kernels share.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/simt/launch.h"

namespace warpgauge::simt {

inline constexpr std::int64_t kMaxSequence = std::int64_t{1} << 29;  // kernels index rows with int
inline constexpr std::int64_t kRowAlignment = 16;  // bytes, of rows that are copied in 16-byte chunks

// The global memory of the problem's operands, for the emulator's bounds check.
inline std::vector<GlobalRange> attention_memory(const Problem& p, const Tensors& t) {
  const auto range = [&p](const char* name, const void* data, const Strides& s, std::int64_t heads,
                          std::int64_t seq, bool writable) {
    const std::int64_t elements =
        seq == 0 ? 0 : (p.batch - 1) * s.batch + (heads - 1) * s.head + (seq - 1) * s.row + p.head_dim;
    return GlobalRange{name, data, static_cast<std::size_t>(elements * dtype_bytes(p.dtype)), writable};
  };
  return {range("Q", t.q, t.q_strides, p.heads, p.seq_q, false),
          range("K", t.k, t.k_strides, p.kv_heads, p.seq_k, false),
          range("V", t.v, t.v_strides, p.kv_heads, p.seq_k, false),
          range("O", t.o, t.o_strides, p.heads, p.seq_q, true),
          GlobalRange{"LSE", t.lse, static_cast<std::size_t>(lse_elements(p)) * sizeof(float), true}};
}

}  // namespace warpgauge::simt
