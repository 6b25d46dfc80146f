// The attention forward pass: its problem (sizes, type, mask, scale), tensors, and numbers of operations and
// bytes.
//
//   S[i, j] = scale * sum_d Q[i, d] K[j, d]        for visible j
//   O[i, :] = sum_j softmax(S[i, :])[j] V[j, :]    LSE[i] = ln sum_j exp(S[i, j])
//
// Tensors are [B, H, S, D] with any strides; the D axis is contiguous. LSE is f32, [B, H, Sq], contiguous. A
// row without visible keys gives O = 0 and LSE = -inf.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "kernels/half.h"

namespace warpgauge {

enum class Dtype { f32, f16, bf16 };

// Causal is aligned bottom-right: query i of Sq sees key j of Sk if j <= i + (Sk - Sq).
enum class Mask { none, causal };

std::int64_t dtype_bytes(Dtype dtype);
const char* dtype_name(Dtype dtype);  // "f32", "f16", "bf16"

// The unit roundoff u of the type: rounding to nearest changes a normal number by at most the fraction u,
// half the distance from 1 to the next value.
double unit_roundoff(Dtype dtype);  // f32 2^-24, f16 2^-11, bf16 2^-8

// Returns f(T{}) for the element type T of `dtype`.
template <class Function>
decltype(auto) with_element_type(Dtype dtype, Function&& f) {
  if (dtype == Dtype::f16) return f(f16{});
  if (dtype == Dtype::bf16) return f(bf16{});
  return f(float{});
}

// The parameters of one attention call. Query head h uses key/value head h / (heads / kv_heads)
// (grouped-query attention).
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

// The maximum size of a tensor in bytes. Products of a problem's sizes, and sums over its five tensors, then
// fit 64 bits.
inline constexpr std::int64_t kMaxTensorBytes = std::int64_t{1} << 60;

// Empty if the problem is valid; otherwise the violated rule.
std::string problem_error(const Problem& problem);

// The number of keys that query row `row` sees, 0..Sk.
inline std::int64_t visible_keys(const Problem& problem, std::int64_t row) {
  if (problem.mask == Mask::none) return problem.seq_k;
  const std::int64_t last = row + problem.seq_k - problem.seq_q;
  return last < 0 ? 0 : (last + 1 < problem.seq_k ? last + 1 : problem.seq_k);
}

// Floating-point operations of the forward pass: 4 D per unmasked (query, key) pair, that is two per
// multiply-add of Q K^T and P V. By convention the softmax is not counted.
double attention_flops(const Problem& problem);

// Minimum memory traffic in bytes: Q, K, V, O and LSE once each, K and V with Hkv heads.
double attention_bytes(const Problem& problem);

// Strides of a [B, H, S, D] tensor in elements. The D axis is contiguous.
struct Strides {
  std::int64_t batch = 0;
  std::int64_t head = 0;
  std::int64_t row = 0;
};

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim);

// The operands of one call, in memory of the kernel's backend. The element type is Problem::dtype.
struct Tensors {
  const void* q = nullptr;  // [B, H, Sq, D]
  const void* k = nullptr;  // [B, Hkv, Sk, D]
  const void* v = nullptr;  // [B, Hkv, Sk, D]
  void* o = nullptr;        // [B, H, Sq, D]
  float* lse = nullptr;     // [B, H, Sq]
  Strides q_strides, k_strides, v_strides, o_strides;
};

// Operands without memory: null pointers and packed strides. For Kernel::supports, which reads no memory.
Tensors packed_tensors(const Problem& problem);

// The same operands with strides that have a meaning. The stride of an axis of size 1 may be any number,
// because nothing is multiplied by it but 0. Kernels that multiply strides by tiles, or pass them to a
// library, would use it. Here such an axis gets the stride with which it folds into its neighbour: packed
// tensors stay as they are.
Tensors with_meaningful_strides(const Problem& problem, const Tensors& tensors);

// Empty if all rows of the operands are aligned to `bytes`; otherwise the reason, with the tensor's name. A
// tensor without elements has no rows.
std::string unaligned_rows(const Problem& problem, const Tensors& tensors, std::int64_t bytes);

// The number of elements of each tensor.
std::int64_t query_elements(const Problem& problem);  // Q, O
std::int64_t key_elements(const Problem& problem);    // K, V
std::int64_t lse_elements(const Problem& problem);    // LSE

}  // namespace warpgauge
