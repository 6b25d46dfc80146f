#include "kernels/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

namespace warpgauge {

std::int64_t dtype_bytes(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return 4;
    case Dtype::f16:
    case Dtype::bf16:
      return 2;
    case Dtype::e4m3:
      return 1;
  }
  return 0;
}

const char* dtype_name(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return "f32";
    case Dtype::f16:
      return "f16";
    case Dtype::bf16:
      return "bf16";
    case Dtype::e4m3:
      return "e4m3";
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
    case Dtype::e4m3:
      return 0x1p-4;  // 3
  }
  return 0;
}

int least_exponent(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
    case Dtype::bf16:
      return -126;
    case Dtype::f16:
      return -14;
    case Dtype::e4m3:
      return -6;
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
  constexpr std::int64_t kFloat = sizeof(float);
  const std::int64_t widest = std::max(p.head_dim, p.value_dim);
  if (!fits({dtype_bytes(output_type(p)), p.batch, p.heads, p.seq_q, widest}))
    return "Q and O have more than 2^60 bytes";
  if (!fits({dtype_bytes(key_type(p)), p.batch, p.kv_heads, widest, p.seq_k}))
    return "K and V have more than 2^60 bytes";
  if (!fits({kFloat, p.batch, p.heads, p.seq_q})) return "LSE has more than 2^60 bytes";
  if (p.bias == Bias::tensor && !fits({kFloat, p.batch, p.heads, p.seq_q, p.seq_k}))
    return "the bias has more than 2^60 bytes";
  return {};
}

static std::string variant_error(const Problem& p) {
  if (p.value_dim < 0) return "Dv must be at least 1";
  if (p.value_dim == p.head_dim) return "Dv is written only if it differs from D";
  if (p.window.left < -1 || p.window.right < -1) return "a window's sides must be at least 0, or -1 for all";
  if (!p.window.is_none() && (p.window.right == 0) != (p.mask == Mask::causal))
    return "a window's right side is 0 exactly if causal is 1";
  if (!(p.softcap >= 0 && std::isfinite(p.softcap))) return "softcap must be a finite number of at least 0";
  if (p.kv_e4m3 && p.dtype == Dtype::e4m3) return "kv:e4m3 is written only if Q is of another type";
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
  if (std::string error = variant_error(p); !error.empty()) return error;
  return size_error(p);
}

const char* bias_name(Bias bias) {
  switch (bias) {
    case Bias::none:
      return "none";
    case Bias::alibi:
      return "alibi";
    case Bias::tensor:
      return "tensor";
  }
  return "?";
}

static bool has(const Problem& p, Variant variant) {
  switch (variant) {
    case Variant::value_dim:
      return p.value_dim != 0;
    case Variant::window:
      return !p.window.is_none();
    case Variant::softcap:
      return p.softcap != 0;
    case Variant::sinks:
      return p.sinks;
    case Variant::alibi:
      return p.bias == Bias::alibi;
    case Variant::bias_tensor:
      return p.bias == Bias::tensor;
    case Variant::e4m3:
      return has_descales(p);
  }
  return false;
}

static const char* variant_name(Variant variant) {
  switch (variant) {
    case Variant::value_dim:
      return "head dimensions of V other than D";
    case Variant::window:
      return "sliding windows";
    case Variant::softcap:
      return "soft caps";
    case Variant::sinks:
      return "attention sinks";
    case Variant::alibi:
      return "ALiBi slopes";
    case Variant::bias_tensor:
      return "bias tensors";
    case Variant::e4m3:
      return "e4m3 operands";
  }
  return "?";
}

std::string unsupported_variant(const Problem& p, std::initializer_list<Variant> unsupported) {
  for (const Variant variant : unsupported)
    if (has(p, variant)) return fmt::format("{} are not supported", variant_name(variant));
  return {};
}

std::string unsupported_variant(const Problem& p) {
  return unsupported_variant(p, {Variant::value_dim, Variant::window, Variant::softcap, Variant::sinks,
                                 Variant::alibi, Variant::bias_tensor, Variant::e4m3});
}

// The sum of visible_keys over all rows.
static double visible_pairs(const Problem& p) {
  const auto sq = static_cast<double>(p.seq_q), sk = static_cast<double>(p.seq_k);
  if (!p.window.is_none()) {
    double pairs = 0;
    for (std::int64_t row = 0; row < p.seq_q; ++row) pairs += static_cast<double>(visible_keys(p, row));
    return pairs;
  }
  if (p.mask == Mask::none) return sq * sk;
  const double rows = sq < sk ? sq : sk;  // rows with visible keys; the last one sees all Sk
  return rows * (sk - rows + 1 + sk) / 2;
}

// The keys that some query sees. The ranges of neighbouring queries overlap or touch.
static std::int64_t keys_seen(const Problem& p) {
  KeyRange seen{p.seq_k, 0};
  // Only the first rows of a causal mask see nothing, and the last rows of a window past the keys.
  for (const std::int64_t row :
       {std::int64_t{0}, std::max<std::int64_t>(0, p.seq_q - p.seq_k), p.seq_q - 1}) {
    const KeyRange keys = visible_range(p, row);
    if (keys.count() == 0) continue;
    seen = {std::min(seen.first, keys.first), std::max(seen.last, keys.last)};
  }
  return std::max<std::int64_t>(0, seen.count());
}

double attention_flops(const Problem& p) {
  return 2.0 * static_cast<double>(p.batch * p.heads * (p.head_dim + value_dim_of(p))) * visible_pairs(p);
}

double attention_bytes(const Problem& p) {
  const std::int64_t keys = p.batch * p.kv_heads * keys_seen(p) * (p.head_dim + value_dim_of(p));
  double bytes =
      static_cast<double>(query_elements(p) * dtype_bytes(query_type(p)) + keys * dtype_bytes(key_type(p)) +
                          output_elements(p) * dtype_bytes(output_type(p)) + 4 * lse_elements(p));
  bytes += 4.0 * static_cast<double>(descale_elements(p)) * (has_query_descale(p) ? 3 : 2);
  if (p.sinks) bytes += 4.0 * static_cast<double>(p.heads);
  if (p.bias == Bias::alibi) bytes += 4.0 * static_cast<double>(p.heads);
  if (p.bias == Bias::tensor) bytes += 4.0 * static_cast<double>(p.heads) * visible_pairs(p);
  return bytes;
}

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim) {
  return {heads * seq * head_dim, seq * head_dim, head_dim};
}

Tensors packed_tensors(const Problem& p) {
  const std::int64_t value_dim = value_dim_of(p);
  return {.q_strides = packed_strides(p.heads, p.seq_q, p.head_dim),
          .k_strides = packed_strides(p.kv_heads, p.seq_k, p.head_dim),
          .v_strides = packed_strides(p.kv_heads, p.seq_k, value_dim),
          .o_strides = packed_strides(p.heads, p.seq_q, value_dim),
          .bias_strides = packed_strides(p.heads, p.seq_q, p.seq_k),
          .q_descale = {nullptr, p.kv_heads, 1},
          .k_descale = {nullptr, p.kv_heads, 1},
          .v_descale = {nullptr, p.kv_heads, 1}};
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
  t.q_strides = meaningful(t.q_strides, p.batch, p.heads, p.seq_q, p.head_dim);
  t.o_strides = meaningful(t.o_strides, p.batch, p.heads, p.seq_q, value_dim_of(p));
  t.k_strides = meaningful(t.k_strides, p.batch, p.kv_heads, p.seq_k, p.head_dim);
  t.v_strides = meaningful(t.v_strides, p.batch, p.kv_heads, p.seq_k, value_dim_of(p));
  return t;
}

std::string unaligned_rows(const Problem& p, const Tensors& t, std::int64_t bytes) {
  struct Operand {
    const char* name;
    const void* data;
    const Strides& strides;
    std::int64_t batch, heads, seq;
    Dtype dtype;
  };
  for (const Operand& each : {Operand{"Q", t.q, t.q_strides, p.batch, p.heads, p.seq_q, query_type(p)},
                              Operand{"K", t.k, t.k_strides, p.batch, p.kv_heads, p.seq_k, key_type(p)},
                              Operand{"V", t.v, t.v_strides, p.batch, p.kv_heads, p.seq_k, key_type(p)},
                              Operand{"O", t.o, t.o_strides, p.batch, p.heads, p.seq_q, output_type(p)}}) {
    const std::int64_t step = bytes / dtype_bytes(each.dtype);
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
  return lse_elements(p) * p.head_dim;
}
std::int64_t key_elements(const Problem& p) {
  return p.batch * p.kv_heads * p.seq_k * p.head_dim;
}
std::int64_t value_elements(const Problem& p) {
  return p.batch * p.kv_heads * p.seq_k * value_dim_of(p);
}
std::int64_t output_elements(const Problem& p) {
  return lse_elements(p) * value_dim_of(p);
}
std::int64_t lse_elements(const Problem& p) {
  return p.batch * p.heads * p.seq_q;
}
std::int64_t bias_elements(const Problem& p) {
  return p.bias == Bias::tensor ? lse_elements(p) * p.seq_k : 0;
}
std::int64_t descale_elements(const Problem& p) {
  return has_descales(p) ? p.batch * p.kv_heads : 0;
}

}  // namespace warpgauge
