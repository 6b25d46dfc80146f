#include "kernels/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "kernels/sequences.h"

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
  // The starts and the page table have 32-bit elements.
  const bool is_counted = p.lengths != Lengths::equal || p.page > 0;
  if (is_counted && p.batch * std::max(p.seq_q, p.seq_k) > INT32_MAX - 512 * p.batch)
    return "with lengths or pages, B * S and B * Sk must be below 2^31 - 512 B";
  return {};
}

static std::string variant_error(const Problem& p) {
  if (p.value_dim < 0) return "Dv must be at least 1";
  if (p.value_dim == p.head_dim) return "Dv is written only if it differs from D";
  if (p.window.left < -1 || p.window.right < -1) return "a window's sides must be at least 0, or -1 for all";
  if (!p.window.is_none() && (p.window.right == 0) != (p.mask == Mask::causal))
    return "a window's right side is 0 exactly if causal is 1";
  if (p.page != 0 && (p.page < 16 || p.page > 256 || p.page % 16 != 0))
    return "a page must have 16 to 256 keys, a multiple of 16";
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
    case Variant::lengths:
      return p.lengths != Lengths::equal;
    case Variant::pages:
      return p.page > 0;
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
    case Variant::lengths:
      return "variable lengths";
    case Variant::pages:
      return "paged keys and values";
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
  return unsupported_variant(
      p, {Variant::value_dim, Variant::window, Variant::softcap, Variant::sinks, Variant::alibi,
          Variant::bias_tensor, Variant::lengths, Variant::pages, Variant::e4m3});
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

// What some query of some sequence sees, summed over the batch.
struct Visible {
  double pairs = 0;          // of a query and a key, per head
  double most_pairs = 0;     // of one sequence
  std::int64_t keys = 0;     // per head
  std::int64_t queries = 0;  // all of them
  std::int64_t pages = 0;    // with keys
};

static Visible visible_of(const Problem& p) {
  Visible sum;
  const auto add = [&](const SequenceLengths& lengths, std::int64_t times) {
    const Problem one = sequence_problem(p, lengths);
    const double pairs = lengths.q == 0 ? 0 : visible_pairs(one);
    sum.pairs += static_cast<double>(times) * pairs;
    sum.most_pairs = std::max(sum.most_pairs, pairs);
    sum.keys += times * (lengths.q == 0 ? 0 : keys_seen(one));
    sum.queries += times * lengths.q;
    if (p.page > 0) sum.pages += times * pages_of(lengths.k, p.page);
  };
  if (p.lengths == Lengths::equal)
    add({p.seq_q, p.seq_k}, p.batch);
  else
    for (std::int64_t b = 0; b < p.batch; ++b) add(pattern_lengths(p, b), 1);
  return sum;
}

double attention_flops(const Problem& p) {
  return 2.0 * static_cast<double>(p.heads * (p.head_dim + value_dim_of(p))) * visible_of(p).pairs;
}

double attention_bytes(const Problem& p) {
  const Visible visible = visible_of(p);
  const std::int64_t queries = p.heads * visible.queries, keys = p.kv_heads * visible.keys;
  const std::int64_t query_bytes =
      p.head_dim * dtype_bytes(query_type(p)) + value_dim_of(p) * dtype_bytes(output_type(p));
  const std::int64_t key_bytes = (p.head_dim + value_dim_of(p)) * dtype_bytes(key_type(p));
  double bytes = static_cast<double>(queries * (query_bytes + 4) + keys * key_bytes);
  bytes += 4.0 * static_cast<double>(descale_elements(p)) * (has_query_descale(p) ? 3 : 2);
  if (p.sinks) bytes += 4.0 * static_cast<double>(p.heads);
  if (p.bias == Bias::alibi) bytes += 4.0 * static_cast<double>(p.heads);
  if (p.bias == Bias::tensor) bytes += 4.0 * static_cast<double>(p.heads) * visible.most_pairs;
  if (p.lengths != Lengths::equal) bytes += 2 * 4.0 * static_cast<double>(p.batch + 1);
  return bytes + 4.0 * static_cast<double>(visible.pages);
}

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim) {
  return {heads * seq * head_dim, seq * head_dim, head_dim};
}

// One page more than the table names, and an eighth more.
static std::int64_t pages_in_memory(const Problem& p) {
  const std::int64_t named = p.batch * pages_of(p.seq_k, p.page);
  return named + named / 8 + 1;
}

static Strides packed_strides(const TensorShape& shape) {
  return packed_strides(shape.heads, shape.rows, shape.dim);
}

Tensors packed_tensors(const Problem& p) {
  Tensors t;
  if (p.page > 0) {
    t.table_stride = pages_of(p.seq_k, p.page);
    t.pages = pages_in_memory(p);
  }
  t.q_strides = packed_strides(query_shape(p));
  t.k_strides = packed_strides(key_shape(p, t));
  t.v_strides = packed_strides(value_shape(p, t));
  t.o_strides = packed_strides(output_shape(p));
  t.bias_strides = packed_strides(p.heads, p.seq_q, p.seq_k);
  t.q_descale = t.k_descale = t.v_descale = {nullptr, p.kv_heads, 1};
  return t;
}

static Strides meaningful(Strides s, const TensorShape& shape) {
  if (shape.rows <= 1) s.row = shape.dim;
  if (shape.heads == 1) s.head = shape.blocks == 1 ? shape.rows * s.row : s.batch;
  if (shape.blocks == 1) s.batch = shape.heads * s.head;
  return s;
}

Tensors with_meaningful_strides(const Problem& p, const Tensors& tensors) {
  Tensors t = tensors;
  t.q_strides = meaningful(t.q_strides, query_shape(p));
  t.o_strides = meaningful(t.o_strides, output_shape(p));
  t.k_strides = meaningful(t.k_strides, key_shape(p, t));
  t.v_strides = meaningful(t.v_strides, value_shape(p, t));
  return t;
}

std::string unaligned_rows(const Problem& p, const Tensors& t, std::int64_t bytes) {
  struct Operand {
    const char* name;
    const void* data;
    const Strides& strides;
    TensorShape shape;
    Dtype dtype;
  };
  for (const Operand& each : {Operand{"Q", t.q, t.q_strides, query_shape(p), query_type(p)},
                              Operand{"K", t.k, t.k_strides, key_shape(p, t), key_type(p)},
                              Operand{"V", t.v, t.v_strides, value_shape(p, t), key_type(p)},
                              Operand{"O", t.o, t.o_strides, output_shape(p), output_type(p)}}) {
    const std::int64_t step = bytes / dtype_bytes(each.dtype);
    const auto is_aligned = [&](std::int64_t size, std::int64_t stride) {
      return size <= 1 || stride % step == 0;
    };
    if (each.shape.rows == 0) continue;
    if (reinterpret_cast<std::uintptr_t>(each.data) % static_cast<std::uintptr_t>(bytes) != 0 ||
        !is_aligned(each.shape.blocks, each.strides.batch) ||
        !is_aligned(each.shape.heads, each.strides.head) || !is_aligned(each.shape.rows, each.strides.row))
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
