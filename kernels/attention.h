// The attention forward pass: its problem (sizes, type, mask, scale, variants), tensors, and numbers of
// operations and bytes.
//
//   S[i, j] = cap(scale * qs ks * sum_d Q[i, d] K[j, d]) + bias[i, j]    for visible j
//   L[i]    = sum_j exp(S[i, j]) + exp(sink)                     without sinks the last term is absent
//   O[i, :] = vs * sum_j exp(S[i, j]) V[j, :] / L[i]             LSE[i] = ln L[i]
//
// - Visible: query i is at the position i + Sk - Sq among the keys. A causal mask hides the keys after it. A
//   window (left, right) leaves only the keys from `left` before it to `right` after it. As
//   flash_attn_func(causal, window_size) of FlashAttention 2.
// - cap(x) = softcap * tanh(x / softcap): after the scale, before the bias. As FlashAttention 2 and Gemma 2
//   (Team Gemma 2024, arXiv:2408.00118, section 2).
// - bias: with ALiBi -slope[h] * |i + Sk - Sq - j| (Press et al. 2022, arXiv:2108.12409), else a tensor. It
//   is added in units of the logits: the scale does not apply to it.
// - sink: a logit per head that takes weight but has no value (gpt-oss; Xiao et al. 2024, arXiv:2309.17453).
//   Scale, cap and bias do not apply to it. It is part of LSE.
// - qs, ks, vs: the factors of e4m3 operands (e4m3.h), one per batch and key/value head, also for Q; 1 for
//   other types. As q_descale, k_descale and v_descale [B, Hkv] of FlashAttention-3 (hopper/flash_api.cpp,
//   mha_fwd). The cap applies to the scaled logits, and LSE is of these. Any finite factor is legal: with 0
//   all logits, or O, are 0. O of e4m3 Q is bf16, as there. It is not quantized.
//
// Tensors are [B, H, S, D] with any strides; the D axis is contiguous. LSE is f32, [B, H, Sq], contiguous. A
// row without visible keys gives O = 0 and LSE = -inf, or the sink. Sequences of different lengths, and keys
// and values in pages: sequences.h.
//
// A backward pass takes the same Problem and Tensors, and a struct of its own for dO, dQ, dK and dV.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "kernels/e4m3.h"
#include "kernels/half.h"

namespace warpgauge {

enum class Dtype { f32, f16, bf16, e4m3 };

// Causal is aligned bottom-right: query i of Sq sees key j of Sk if j <= i + (Sk - Sq).
enum class Mask { none, causal };

// The keys that a query sees around its position: `left` before it, `right` after it; -1: all.
struct Window {
  std::int64_t left = -1, right = -1;

  bool is_none() const { return left < 0 && right < 0; }
  bool operator==(const Window&) const = default;
};

enum class Bias { none, alibi, tensor };
const char* bias_name(Bias bias);  // "none", "alibi", "tensor"

// How the lengths of the sequences of a batch vary, of which S and Sk are the maxima: see sequences.h.
enum class Lengths { equal, ragged, one_long, with_empty };
const char* lengths_name(Lengths lengths);  // "equal", "ragged", "long", "empty"

std::int64_t dtype_bytes(Dtype dtype);
const char* dtype_name(Dtype dtype);  // "f32", "f16", "bf16", "e4m3"

// The unit roundoff u of the type: rounding to nearest changes a normal number by at most the fraction u,
// half the distance from 1 to the next value.
double unit_roundoff(Dtype dtype);  // f32 2^-24, f16 2^-11, bf16 2^-8, e4m3 2^-4

int least_exponent(Dtype dtype);  // of the smallest normal number: f32 and bf16 -126, f16 -14, e4m3 -6

// Returns f(T{}) for the element type T of `dtype`.
template <class Function>
decltype(auto) with_element_type(Dtype dtype, Function&& f) {
  if (dtype == Dtype::f16) return f(f16{});
  if (dtype == Dtype::bf16) return f(bf16{});
  if (dtype == Dtype::e4m3) return f(e4m3{});
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
  Dtype dtype = Dtype::f32;    // of Q; see query_type, key_type and output_type
  Mask mask = Mask::none;
  double scale = 0.125;  // of the logits

  std::int64_t value_dim = 0;  // Dv, of V and O, if it is not D; else 0. See value_dim_of
  Window window = {};          // right is 0 exactly if the mask is causal
  double softcap = 0;          // 0: none
  bool sinks = false;
  Bias bias = Bias::none;
  Lengths lengths = Lengths::equal;
  std::int64_t page = 0;  // keys per page of K and V; 0: no pages. See sequences.h
  bool kv_e4m3 = false;   // K and V are e4m3, and Q is of another type

  bool operator==(const Problem&) const = default;
};

inline std::int64_t value_dim_of(const Problem& problem) {
  return problem.value_dim == 0 ? problem.head_dim : problem.value_dim;
}

// The element types of the operands.
inline Dtype query_type(const Problem& problem) {
  return problem.dtype;
}
inline Dtype key_type(const Problem& problem) {  // of K and V
  return problem.kv_e4m3 ? Dtype::e4m3 : problem.dtype;
}
inline Dtype output_type(const Problem& problem) {
  return problem.dtype == Dtype::e4m3 ? Dtype::bf16 : problem.dtype;
}

// Returns f(Q{}, K{}, O{}) for the element types of Q, of K and V, and of O.
template <class Function>
decltype(auto) with_operand_types(const Problem& problem, Function&& f) {
  return with_element_type(problem.dtype, [&]<class T>(T) {
    if constexpr (std::is_same_v<T, e4m3>)
      return f(e4m3{}, e4m3{}, bf16{});
    else
      return problem.kv_e4m3 ? f(T{}, e4m3{}, T{}) : f(T{}, T{}, T{});
  });
}

// Whether the problem has factors of K and V, and of Q.
inline bool has_descales(const Problem& problem) {
  return key_type(problem) == Dtype::e4m3;
}
inline bool has_query_descale(const Problem& problem) {
  return query_type(problem) == Dtype::e4m3;
}

// The first of these that the problem has, as a reason: "sliding windows are not supported". Empty if it has
// none of them.
enum class Variant { value_dim, window, softcap, sinks, alibi, bias_tensor, lengths, pages, e4m3 };
std::string unsupported_variant(const Problem& problem, std::initializer_list<Variant> unsupported);
// The same for kernels that compute none.
std::string unsupported_variant(const Problem& problem);

inline double default_scale(std::int64_t head_dim) {
  return 1.0 / std::sqrt(static_cast<double>(head_dim));
}

// The maximum size of a tensor in bytes. Products of a problem's sizes, and sums over its five tensors, then
// fit 64 bits.
inline constexpr std::int64_t kMaxTensorBytes = std::int64_t{1} << 60;

// Empty if the problem is valid; otherwise the violated rule.
std::string problem_error(const Problem& problem);

// The keys [first, last) that a query sees. If sequences have different lengths, `problem` is here and below
// the problem of one sequence (sequence_problem in sequences.h): rows, keys and positions count from its
// start.
struct KeyRange {
  std::int64_t first = 0, last = 0;

  constexpr std::int64_t count() const { return last - first; }
};

constexpr KeyRange visible_range(const Problem& problem, std::int64_t row) {
  KeyRange keys{0, problem.seq_k};
  const std::int64_t position = row + problem.seq_k - problem.seq_q;
  if (problem.mask == Mask::causal && position + 1 < keys.last) keys.last = position + 1;
  if (problem.window.left >= 0 && position - problem.window.left > 0)
    keys.first = position - problem.window.left;
  if (problem.window.right >= 0 && position < keys.last - 1 - problem.window.right)
    keys.last = position + problem.window.right + 1;
  if (keys.last <= keys.first) return {};
  return keys;
}

// Their number, 0..Sk.
constexpr std::int64_t visible_keys(const Problem& problem, std::int64_t row) {
  return visible_range(problem, row).count();
}

// The position of query `row` less that of `key`, as ALiBi counts it.
constexpr std::int64_t key_distance(const Problem& problem, std::int64_t row, std::int64_t key) {
  const std::int64_t distance = row + problem.seq_k - problem.seq_q - key;
  return distance < 0 ? -distance : distance;
}

// Floating-point operations of the forward pass: 2 (D + Dv) per visible (query, key) pair, that is two per
// multiply-add of Q K^T and P V. By convention all else is not counted.
double attention_flops(const Problem& problem);

// Minimum memory traffic in bytes: Q, O, LSE, sinks and slopes once each; of K and V, with Hkv heads, the
// keys that some query sees; of a bias tensor, the visible pairs of each query head once for all batches. Of
// sequences of different lengths, the sum over the sequences, and their starts once; of pages, their numbers.
double attention_bytes(const Problem& problem);

// Strides of a [B, H, S, D] tensor in elements. The D axis is contiguous.
struct Strides {
  std::int64_t batch = 0;
  std::int64_t head = 0;
  std::int64_t row = 0;
};

Strides packed_strides(std::int64_t heads, std::int64_t seq, std::int64_t head_dim);

// The factors of an e4m3 operand.
struct Descale {
  const float* data = nullptr;          // [B, Hkv]; null: 1
  std::int64_t batch = 0, kv_head = 0;  // strides in elements; 0: broadcast

  constexpr float at(std::int64_t b, std::int64_t h) const {
    return data == nullptr ? 1.0f : data[b * batch + h * kv_head];
  }
};

// The operands of one call, in memory of the kernel's backend. The element types are query_type of Q,
// key_type of K and V, output_type of O.
struct Tensors {
  const void* q = nullptr;  // [B, H, Sq, D]
  const void* k = nullptr;  // [B, Hkv, Sk, D]
  const void* v = nullptr;  // [B, Hkv, Sk, Dv]
  void* o = nullptr;        // [B, H, Sq, Dv]
  float* lse = nullptr;     // [B, H, Sq]
  Strides q_strides, k_strides, v_strides, o_strides;

  // Of problems that have them:
  const float* sinks = nullptr;   // [H]
  const float* slopes = nullptr;  // [H], of ALiBi
  const float* bias = nullptr;    // [B, H, Sq, Sk]; the Sk axis is contiguous
  Strides bias_strides = {};      // 0: broadcast along this axis
  Descale q_descale = {}, k_descale = {}, v_descale = {};

  // Of problems with lengths or pages: see sequences.h.
  const std::int32_t* q_starts = nullptr;    // [B + 1], cu_seqlens_q of FlashAttention
  const std::int32_t* k_starts = nullptr;    // [B + 1], cu_seqlens_k
  const std::int32_t* page_table = nullptr;  // [B, pages of a sequence], block_table
  std::int64_t table_stride = 0;             // elements from one sequence's entries to the next one's
  std::int64_t pages = 0;                    // pages in memory
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

// The number of elements of each tensor. If sequences have different lengths, of one in which each sequence
// has the length S or Sk.
std::int64_t query_elements(const Problem& problem);    // Q
std::int64_t key_elements(const Problem& problem);      // K
std::int64_t value_elements(const Problem& problem);    // V
std::int64_t output_elements(const Problem& problem);   // O
std::int64_t lse_elements(const Problem& problem);      // LSE
std::int64_t bias_elements(const Problem& problem);     // a bias tensor without broadcast; 0 if there is none
std::int64_t descale_elements(const Problem& problem);  // the factors of one operand without broadcast

}  // namespace warpgauge
