// cpu/blas: unfused attention as a library user would write it: OpenBLAS sgemm, row softmax, sgemm. f32
// arithmetic; 16-bit and e4m3 operands are converted to f32 one head at a time. Pages are gathered in the
// same way. Factors are part of sgemm's alpha.
//
// Works on blocks of query rows, so that the logits stay in cache and causal blocks skip masked keys. Each
// block runs on one thread, with a single-threaded BLAS.
#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/softmax.h"
#include "kernels/kernel.h"
#include "kernels/sequences.h"

namespace warpgauge {
namespace {

// 128 rows for an efficient sgemm; fewer if the threads would otherwise have no work.
std::int64_t rows_per_block(const Problem& p, int threads) {
  const std::int64_t heads = p.batch * p.heads;
  const std::int64_t blocks_per_head = std::max<std::int64_t>(1, (threads + heads - 1) / heads);
  return std::clamp<std::int64_t>((p.seq_q + blocks_per_head - 1) / blocks_per_head, 1, 128);
}

// Scratch memory of one thread: logits [rows, Sk]; unless all operands are f32 and without pages also f32
// copies of Q [rows, D], O [rows, Dv], K [Sk, D] and V [Sk, Dv].
struct Scratch {
  float *logits, *q, *o, *k, *v;
  static std::int64_t floats(const Problem& p, std::int64_t rows) {
    const bool is_f32 = query_type(p) == Dtype::f32 && key_type(p) == Dtype::f32;
    const std::int64_t widened =
        is_f32 && p.page == 0 ? 0 : (rows + p.seq_k) * (p.head_dim + value_dim_of(p));
    return rows * p.seq_k + widened;
  }
  Scratch(float* memory, const Problem& p, std::int64_t rows)
      : logits(memory),
        q(logits + rows * p.seq_k),
        o(q + rows * p.head_dim),
        k(o + rows * value_dim_of(p)),
        v(k + p.seq_k * p.head_dim) {}
};

// A matrix with rows of D contiguous floats at a stride of `step` elements.
struct Rows {
  const float* data;
  std::int64_t step;
};

template <class T>
Rows as_floats(const T* source, std::int64_t step, std::int64_t rows, std::int64_t head_dim, float* scratch) {
  if constexpr (std::is_same_v<T, float>) {
    return {source, step};
  } else {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t d = 0; d < head_dim; ++d)
        scratch[i * head_dim + d] = static_cast<float>(source[i * step + d]);
    return {scratch, head_dim};
  }
}

// Keys or values [keys, dim] of a head, from key `first` of the sequence on.
template <class T>
Rows gathered(const Problem& p, const Tensors& t, const T* base, const Strides& s, std::int64_t b,
              std::int64_t head, const KeyRange& keys, std::int64_t dim, float* scratch) {
  if (keys.count() == 0) return {scratch, dim};
  const auto at = [&](std::int64_t key) { return base + offset_of(s, key_place(p, t, b, key), head); };
  if (p.page == 0) return as_floats(at(keys.first), s.row, keys.count(), dim, scratch);
  for (std::int64_t j = 0; j < keys.count(); ++j) {
    const T* row = at(keys.first + j);
    std::transform(row, row + dim, scratch + j * dim, [](T value) { return static_cast<float>(value); });
  }
  return {scratch, dim};
}

// O [rows, Dv] = factor P [rows, keys] V [keys, Dv]. Without keys O is 0; sgemm cannot be called then,
// because the leading dimension of P would be 0.
template <class T>
void write_output(std::int64_t dim, float factor, const float* weights, const Rows& v, std::int64_t rows,
                  std::int64_t keys, float* scratch, T* o, std::int64_t o_step) {
  float* target = scratch;
  std::int64_t target_step = dim;
  if constexpr (std::is_same_v<T, float>) {
    target = o;
    target_step = o_step;
  }
  if (keys > 0) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(rows), static_cast<int>(dim),
                static_cast<int>(keys), factor, weights, static_cast<int>(keys), v.data,
                static_cast<int>(v.step), 0.0f, target, static_cast<int>(target_step));
  } else {
    for (std::int64_t i = 0; i < rows; ++i) std::fill_n(target + i * target_step, dim, 0.0f);
  }
  if constexpr (!std::is_same_v<T, float>)
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t d = 0; d < dim; ++d) o[i * o_step + d] = T(scratch[i * dim + d]);
}

// Soft cap and bias of the logits [rows, keys], whose first column is key `range.first`. `p` is the problem
// of the sequence.
void adjust_logits(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t h, std::int64_t first,
                   std::int64_t rows, const KeyRange& range, float* logits) {
  const auto cap = static_cast<float>(p.softcap);
  for (std::int64_t i = 0; i < rows; ++i, logits += range.count()) {
    if (p.softcap != 0)
      for (std::int64_t j = 0; j < range.count(); ++j) logits[j] = cap * std::tanh(logits[j] / cap);
    if (p.bias == Bias::alibi)
      for (std::int64_t j = 0; j < range.count(); ++j)
        logits[j] -= t.slopes[h] * static_cast<float>(key_distance(p, first + i, range.first + j));
    if (p.bias == Bias::tensor) {
      const Strides& s = t.bias_strides;
      const float* bias = t.bias + b * s.batch + h * s.head + (first + i) * s.row + range.first;
      for (std::int64_t j = 0; j < range.count(); ++j) logits[j] += bias[j];
    }
  }
}

// The keys that some query of the block sees, in the problem of its sequence.
KeyRange keys_of_block(const Problem& p, std::int64_t first, std::int64_t rows) {
  const KeyRange last = visible_range(p, first + rows - 1);
  for (std::int64_t i = 0; i < rows; ++i)
    if (const KeyRange keys = visible_range(p, first + i); keys.count() > 0) return {keys.first, last.last};
  return {};
}

// Queries first..first+rows of sequence b, whose problem is `one`.
template <class Q, class K, class O>
void attend_block(const Problem& p, const Problem& one, const Tensors& t, std::int64_t b, std::int64_t h,
                  std::int64_t first, std::int64_t rows, const Scratch& scratch) {
  const std::int64_t kv_head = h / (p.heads / p.kv_heads), value_dim = value_dim_of(p);
  const KeyRange range = keys_of_block(one, first, rows);
  const std::int64_t keys = range.count();
  const RowPlace place = query_place(p, t, b, first);
  float* lse = t.lse + lse_index(p, t, b, h, first);
  const Rows q = as_floats(static_cast<const Q*>(t.q) + offset_of(t.q_strides, place, h), t.q_strides.row,
                           rows, p.head_dim, scratch.q);
  const Rows k =
      gathered(p, t, static_cast<const K*>(t.k), t.k_strides, b, kv_head, range, p.head_dim, scratch.k);
  const float scale = static_cast<float>(p.scale) * t.q_descale.at(b, kv_head) * t.k_descale.at(b, kv_head);
  if (keys > 0)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(rows), static_cast<int>(keys),
                static_cast<int>(p.head_dim), scale, q.data, static_cast<int>(q.step), k.data,
                static_cast<int>(k.step), 0.0f, scratch.logits, static_cast<int>(keys));
  adjust_logits(one, t, b, h, first, rows, range, scratch.logits);
  const float sink = p.sinks ? t.sinks[h] : -std::numeric_limits<float>::infinity();
  for (std::int64_t i = 0; i < rows; ++i) {
    const KeyRange seen = visible_range(one, first + i);
    const std::int64_t begin = seen.count() > 0 ? seen.first - range.first : 0;
    lse[i] = cpu::softmax_row(scratch.logits + i * keys, begin, begin + seen.count(), keys, sink);
  }
  const Rows v =
      gathered(p, t, static_cast<const K*>(t.v), t.v_strides, b, kv_head, range, value_dim, scratch.v);
  write_output(value_dim, t.v_descale.at(b, kv_head), scratch.logits, v, rows, keys, scratch.o,
               static_cast<O*>(t.o) + offset_of(t.o_strides, place, h), t.o_strides.row);
}

template <class Q, class K, class O>
void attend(const Problem& p, const Tensors& t, const Launch& launch) {
  openblas_set_num_threads(1);
  const std::int64_t step = rows_per_block(p, launch.threads);
  const std::int64_t blocks = (p.seq_q + step - 1) / step, heads = p.batch * p.heads;
  const std::int64_t floats = Scratch::floats(p, step);
#pragma omp parallel for num_threads(launch.threads) schedule(dynamic, 1)
  for (std::int64_t item = 0; item < heads * blocks; ++item) {
    const std::int64_t head = item / blocks, b = head / p.heads;
    const std::int64_t first = (blocks - 1 - item % blocks) * step;  // causal: largest blocks first
    const Problem one = sequence_problem(p, t, b);
    if (first >= one.seq_q) continue;
    const Scratch scratch(static_cast<float*>(launch.workspace) + omp_get_thread_num() * floats, p, step);
    attend_block<Q, K, O>(p, one, t, b, head % p.heads, first, std::min(step, one.seq_q - first), scratch);
  }
}

// sgemm reads f32 operands in place, with the row stride as its leading dimension.
std::string supports(const Problem& p, const Tensors& tensors) {
  if (std::string error = problem_error(p); !error.empty()) return error;
  if (p.seq_k > INT32_MAX || std::max(p.head_dim, p.value_dim) > INT32_MAX)
    return "Sk, D and Dv must be at most 2^31 - 1 (32-bit interface of OpenBLAS)";
  const Tensors t = with_meaningful_strides(p, tensors);
  const auto is_leading = [](const Strides& s, std::int64_t dim) {
    return s.row >= dim && s.row <= INT32_MAX;
  };
  const bool is_query_leading =
      is_leading(t.q_strides, p.head_dim) && is_leading(t.o_strides, value_dim_of(p));
  const bool is_key_leading =
      p.page > 0 || (is_leading(t.k_strides, p.head_dim) && is_leading(t.v_strides, value_dim_of(p)));
  if ((query_type(p) == Dtype::f32 && !is_query_leading) || (key_type(p) == Dtype::f32 && !is_key_leading))
    return "row strides of f32 operands must be at least D or Dv, and at most 2^31 - 1 (leading dimension of "
           "OpenBLAS)";
  return {};
}

std::int64_t workspace_bytes(const Problem& p, int threads) {
  return threads * Scratch::floats(p, rows_per_block(p, threads)) * static_cast<std::int64_t>(sizeof(float));
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  const Tensors tensors = with_meaningful_strides(p, t);
  with_operand_types(p, [&]<class Q, class K, class O>(Q, K, O) { attend<Q, K, O>(p, tensors, l); });
}

}  // namespace

extern const Kernel cpu_blas{.name = "blas",
                             .backend = Backend::cpu,
                             .summary = "unfused: OpenBLAS sgemm, row softmax, sgemm; f32 arithmetic",
                             .deterministic = true,
                             .supports = supports,
                             .workspace_bytes = workspace_bytes,
                             .launch = launch};

}  // namespace warpgauge
