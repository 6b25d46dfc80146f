// What an attention forward pass is: its problem (sizes, type, mask, scale), its tensors, its work.
//
//   S[i, j] = scale * sum_d Q[i, d] K[j, d]        for visible j
//   O[i, :] = sum_j softmax(S[i, :])[j] V[j, :]    LSE[i] = ln sum_j exp(S[i, j])
//
// Tensors are [B, H, S, D], row-major unless strided; LSE is natural log, f32, [B, H, Sq], contiguous.
// A row with no key to attend to gives O = 0 and LSE = -inf.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "kernels/half.h"

namespace warpgauge {

enum class Dtype { f32, f16, bf16 };

// Causal is aligned bottom-right: query i of Sq sees key j of Sk when j <= i + (Sk - Sq).
enum class Mask { none, causal };

std::int64_t dtype_bytes(Dtype dtype);
const char* dtype_name(Dtype dtype);  // "f32", "f16", "bf16"

// Calls f with a value of the element type that `dtype` names, and returns what f does.
template <class Function>
decltype(auto) with_element_type(Dtype dtype, Function&& f) {
  if (dtype == Dtype::f16) return f(f16{});
  if (dtype == Dtype::bf16) return f(bf16{});
  return f(float{});
}

// The sizes of one attention call. Query head h reads key/value head h / (heads / kv_heads) (grouped
// queries).
struct Problem {
  std::int64_t batch = 1;      // B
  std::int64_t heads = 1;      // H, of Q and O
  std::int64_t kv_heads = 1;   // Hkv, of K and V; divides H
  std::int64_t seq_q = 1;      // Sq
  std::int64_t seq_k = 1;      // Sk
  std::int64_t head_dim = 64;  // D
  Dtype dtype = Dtype::f32;
  Mask mask = Mask::none;
  double scale = 0.125;  // of the logits

  bool operator==(const Problem&) const = default;
};

inline double default_scale(std::int64_t head_dim) {
  return 1.0 / std::sqrt(static_cast<double>(head_dim));
}

// Bytes of the largest tensor that a problem may have: products of its sizes fit 64 bits then, and so do sums
// over all five tensors.
inline constexpr std::int64_t kMaxTensorBytes = std::int64_t{1} << 60;

// Empty when the sizes make a problem; otherwise what is wrong with them, as a sentence.
std::string problem_error(const Problem& problem);

// Number of keys that query row `row` sees, 0..Sk.
inline std::int64_t visible_keys(const Problem& problem, std::int64_t row) {
  if (problem.mask == Mask::none) return problem.seq_k;
  const std::int64_t last = row + problem.seq_k - problem.seq_q;
  return last < 0 ? 0 : (last + 1 < problem.seq_k ? last + 1 : problem.seq_k);
}

// Floating-point operations of the forward pass: 4 D for each unmasked (query, key) pair (two per
// multiply-add in Q K^T and in P V); the softmax is not counted, as is the custom in the field.
double attention_flops(const Problem& problem);

// Bytes that must move at least once: Q, K, V, O and LSE, K and V with Hkv heads.
double attention_bytes(const Problem& problem);

// Elements between neighbours along each axis of a [B, H, S, D] tensor; the D axis is contiguous.
struct Strides {
  std::int64_t batch = 0;
  std::int64_t head = 0;
  std::int64_t row = 0;
};

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim);

// Where the operands of one call lie, in memory of the kernel's backend. Element type is Problem::dtype.
struct Tensors {
  const void* q = nullptr;  // [B, H, Sq, D]
  const void* k = nullptr;  // [B, Hkv, Sk, D]
  const void* v = nullptr;  // [B, Hkv, Sk, D]
  void* o = nullptr;        // [B, H, Sq, D]
  float* lse = nullptr;     // [B, H, Sq]
  Strides q_strides, k_strides, v_strides, o_strides;
};

// Elements of each tensor when packed.
std::int64_t query_elements(const Problem& problem);  // of Q and of O
std::int64_t key_elements(const Problem& problem);    // of K and of V
std::int64_t lse_elements(const Problem& problem);    // of LSE

}  // namespace warpgauge
