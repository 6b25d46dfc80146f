#include "kernels/attention.h"

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>

namespace warpgauge {

std::int64_t dtype_bytes(Dtype dtype) {
  return dtype == Dtype::f32 ? 4 : 2;
}

const char* dtype_name(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return "f32";
    case Dtype::f16:
      return "f16";
    case Dtype::bf16:
      return "bf16";
  }
  return "?";
}

double unit_roundoff(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return 0x1p-24;  // 23 fraction bits
    case Dtype::f16:
      return 0x1p-11;  // 10
    case Dtype::bf16:
      return 0x1p-8;  // 7
  }
  return 0;
}

// Whether the product of these non-negative sizes is at most kMaxTensorBytes.
static bool fits(std::initializer_list<std::int64_t> sizes) {
  std::int64_t product = 1;
  for (std::int64_t size : sizes)
    if (__builtin_mul_overflow(product, size, &product)) return false;
  return product <= kMaxTensorBytes;
}

static std::string size_error(const Problem& p) {
  const std::int64_t bytes = dtype_bytes(p.dtype);
  if (!fits({bytes, p.batch, p.heads, p.seq_q, p.head_dim})) return "Q and O have more than 2^60 bytes";
  if (!fits({bytes, p.batch, p.kv_heads, p.head_dim, p.seq_k})) return "K and V have more than 2^60 bytes";
  if (!fits({std::int64_t{sizeof(float)}, p.batch, p.heads, p.seq_q})) return "LSE has more than 2^60 bytes";
  return {};
}

std::string problem_error(const Problem& p) {
  if (p.batch < 1) return "B must be at least 1";
  if (p.heads < 1) return "H must be at least 1";
  if (p.kv_heads < 1) return "Hkv must be at least 1";
  if (p.heads % p.kv_heads != 0) return "Hkv must divide H";
  if (p.seq_q < 1) return "S must be at least 1";
  if (p.seq_k < 0) return "Sk must not be negative";
  if (p.head_dim < 1) return "D must be at least 1";
  if (!std::isfinite(p.scale)) return "scale must be finite";
  return size_error(p);
}

// The sum of visible_keys over all rows.
static double unmasked_pairs(const Problem& p) {
  const auto sq = static_cast<double>(p.seq_q), sk = static_cast<double>(p.seq_k);
  if (p.mask == Mask::none) return sq * sk;
  const double rows = sq < sk ? sq : sk;  // rows with visible keys; the last one sees all Sk
  return rows * (sk - rows + 1 + sk) / 2;
}

double attention_flops(const Problem& p) {
  return 4.0 * static_cast<double>(p.batch * p.heads * p.head_dim) * unmasked_pairs(p);
}

double attention_bytes(const Problem& p) {
  const std::int64_t elements = 2 * query_elements(p) + 2 * key_elements(p);
  return static_cast<double>(elements * dtype_bytes(p.dtype) + 4 * lse_elements(p));
}

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim) {
  return {heads * seq * head_dim, seq * head_dim, head_dim};
}

Tensors packed_tensors(const Problem& p) {
  const Strides query = packed_strides(p.heads, p.seq_q, p.head_dim),
                key = packed_strides(p.kv_heads, p.seq_k, p.head_dim);
  return {.q_strides = query, .k_strides = key, .v_strides = key, .o_strides = query};
}

static Strides meaningful(Strides s, std::int64_t batch, std::int64_t heads, std::int64_t seq,
                          std::int64_t head_dim) {
  if (seq <= 1) s.row = head_dim;
  if (heads == 1) s.head = batch == 1 ? seq * s.row : s.batch;
  if (batch == 1) s.batch = heads * s.head;
  return s;
}

Tensors with_meaningful_strides(const Problem& p, const Tensors& tensors) {
  Tensors t = tensors;
  for (Strides* s : {&t.q_strides, &t.o_strides}) *s = meaningful(*s, p.batch, p.heads, p.seq_q, p.head_dim);
  for (Strides* s : {&t.k_strides, &t.v_strides})
    *s = meaningful(*s, p.batch, p.kv_heads, p.seq_k, p.head_dim);
  return t;
}

std::string unaligned_rows(const Problem& p, const Tensors& t, std::int64_t bytes) {
  const std::int64_t step = bytes / dtype_bytes(p.dtype);
  struct Operand {
    const char* name;
    const void* data;
    const Strides& strides;
    std::int64_t batch, heads, seq;
  };
  for (const Operand& each : {Operand{"Q", t.q, t.q_strides, p.batch, p.heads, p.seq_q},
                              Operand{"K", t.k, t.k_strides, p.batch, p.kv_heads, p.seq_k},
                              Operand{"V", t.v, t.v_strides, p.batch, p.kv_heads, p.seq_k},
                              Operand{"O", t.o, t.o_strides, p.batch, p.heads, p.seq_q}}) {
    const auto is_aligned = [&](std::int64_t size, std::int64_t stride) {
      return size <= 1 || stride % step == 0;
    };
    if (each.seq == 0) continue;
    if (reinterpret_cast<std::uintptr_t>(each.data) % static_cast<std::uintptr_t>(bytes) != 0 ||
        !is_aligned(each.batch, each.strides.batch) || !is_aligned(each.heads, each.strides.head) ||
        !is_aligned(each.seq, each.strides.row))
      return fmt::format("rows of {} must be aligned to {} bytes", each.name, bytes);
  }
  return {};
}

std::int64_t query_elements(const Problem& p) {
  return p.batch * p.heads * p.seq_q * p.head_dim;
}
std::int64_t key_elements(const Problem& p) {
  return p.batch * p.kv_heads * p.seq_k * p.head_dim;
}
std::int64_t lse_elements(const Problem& p) {
  return p.batch * p.heads * p.seq_q;
}

}  // namespace warpgauge
