#include "kernels/sequences.h"

#include <algorithm>

namespace warpgauge {
namespace {

// Places of the batch in the order of their lengths: 0, B - 1, 1, B - 2, ...
std::int64_t rank_of(std::int64_t index, std::int64_t batch) {
  return index % 2 == 0 ? index / 2 : batch - 1 - index / 2;
}

// In pattern `lengths`, of a sequence with neither exception of `empty`.
std::int64_t length_at(const Problem& p, std::int64_t index, std::int64_t most) {
  if (index == p.batch / 2 && p.lengths != Lengths::ragged) return most;
  if (p.lengths == Lengths::one_long) return std::min(most, std::max<std::int64_t>(1, most / 8));
  // Without the product of two lengths, which may exceed 64 bits.
  const std::int64_t rank = rank_of(index, p.batch) + 1;
  return most / p.batch * rank + (most % p.batch * rank + p.batch - 1) / p.batch;
}

}  // namespace

const char* lengths_name(Lengths lengths) {
  switch (lengths) {
    case Lengths::equal:
      return "equal";
    case Lengths::ragged:
      return "ragged";
    case Lengths::one_long:
      return "long";
    case Lengths::with_empty:
      return "empty";
  }
  return "?";
}

SequenceLengths pattern_lengths(const Problem& p, std::int64_t index) {
  if (p.lengths == Lengths::equal) return {p.seq_q, p.seq_k};
  const std::int64_t of_keys = p.seq_k == p.seq_q ? index : (index + 1) % p.batch;
  SequenceLengths lengths{length_at(p, index, p.seq_q), length_at(p, of_keys, p.seq_k)};
  if (p.lengths != Lengths::with_empty || index == p.batch / 2) return lengths;
  if (index % 4 == 0 || index % 4 == 2) lengths.q = 0;
  if (index % 4 == 1 || index % 4 == 2) lengths.k = 0;
  return lengths;
}

SequenceLengths total_lengths(const Problem& p) {
  if (p.lengths == Lengths::equal) return {p.batch * p.seq_q, p.batch * p.seq_k};
  SequenceLengths total;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const SequenceLengths one = pattern_lengths(p, b);
    total.q += one.q;
    total.k += one.k;
  }
  return total;
}

TensorShape query_shape(const Problem& p) {
  if (p.lengths == Lengths::equal) return {p.batch, p.heads, p.seq_q, p.head_dim};
  return {1, p.heads, total_lengths(p).q, p.head_dim};
}

static TensorShape with_dim(TensorShape shape, std::int64_t dim) {
  shape.dim = dim;
  return shape;
}

TensorShape output_shape(const Problem& p) {
  return with_dim(query_shape(p), value_dim_of(p));
}

TensorShape lse_shape(const Problem& p) {
  return with_dim(query_shape(p), 1);
}

TensorShape key_shape(const Problem& p, const Tensors& t) {
  if (p.page > 0) return {t.pages, p.kv_heads, p.page, p.head_dim};
  if (p.lengths == Lengths::equal) return {p.batch, p.kv_heads, p.seq_k, p.head_dim};
  return {1, p.kv_heads, total_lengths(p).k, p.head_dim};
}

TensorShape value_shape(const Problem& p, const Tensors& t) {
  return with_dim(key_shape(p, t), value_dim_of(p));
}

}  // namespace warpgauge
