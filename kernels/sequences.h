// Sequences of different lengths in one batch, and keys and values in pages.
//
// Lengths. Problem::lengths names a pattern; S and Sk are the maxima. Q, K, V and O are packed, as in
// flash_attn_varlen_func of FlashAttention 2: token i of sequence b is row starts[b] + i, and the starts are
// in memory, [B + 1] with the totals at the end. The batch strides have no meaning then. LSE is [H, total of
// Q], contiguous (softmax_lse of that function since version 2.6). A bias tensor stays [B, H, Sq, Sk]; of it,
// a sequence uses the rows and columns below its lengths.
//
// Pages. K and V are pools [pages, Hkv, page, D], in which the batch strides lead from page to page. Key j of
// sequence b is row j % page of the page page_table[b, j / page], as block_table of FlashAttention 2. Its
// layout [pages, page, Hkv, D] is one of strides. If sequences have different lengths, k_starts gives those
// of K, although no tensor is packed by it. A page has 16 to 256 keys, a multiple of 16: vLLM takes these,
// and FlashAttention 2 multiples of 256.
//
// - Positions are those in the sequence. A causal mask, a window and ALiBi use the lengths of that sequence:
//   query i is at the position i + Lk - Lq (bottom-right, FlashAttention 2.1 and later).
// - A sequence may be empty. Without queries it has no rows in O and LSE. Without keys its rows have O = 0
// and
//   LSE = -inf, or the sink. Its entries in the table are not used.
// - Entries of the table past the last page of a sequence are undefined. They must not be used, not even for
//   an address that is read and discarded. vLLM leaves old page numbers there, others -1.
// - Several entries may name one page: sequences with a common prefix share its full pages (vLLM's automatic
//   prefix caching), and one sequence may use a page twice.
// - Pages that no entry names, and the rest of a sequence's last page, hold undefined values, NaN included.
// - The lengths and the table are in memory: another launch with the same problem and the same pointers may
//   have others. The maxima, and the totals of Q and K, stay.
#pragma once

#include <cstdint>

#include "kernels/attention.h"

namespace warpgauge {

struct SequenceLengths {
  std::int64_t q = 0, k = 0;

  bool operator==(const SequenceLengths&) const = default;
};

// The lengths of sequence `index` in the pattern:
//
// - ragged: the n-th shortest has n / B of the maximum. Neighbours alternate between short and long ones.
// - long: one has the maximum, in the middle of the batch; the others an eighth of it.
// - empty: one has the maximum, in the middle. Of four others one has no queries, one no keys, one neither,
//   and one is that of `ragged`.
//
// If S and Sk differ, the keys of a sequence are those of its neighbour in the pattern: a long sequence then
// has few queries.
SequenceLengths pattern_lengths(const Problem& problem, std::int64_t index);

// The sums over the batch: the rows of packed tensors.
SequenceLengths total_lengths(const Problem& problem);

constexpr std::int64_t pages_of(std::int64_t keys, std::int64_t page) {
  return (keys + page - 1) / page;
}

// The sizes of a tensor in memory. `blocks` is the axis of Strides::batch: batches, or pages, or 1 if the
// sequences are packed.
struct TensorShape {
  std::int64_t blocks, heads, rows, dim;
};

TensorShape query_shape(const Problem& problem);
TensorShape output_shape(const Problem& problem);
TensorShape lse_shape(const Problem& problem);  // dim 1
TensorShape key_shape(const Problem& problem, const Tensors& tensors);
TensorShape value_shape(const Problem& problem, const Tensors& tensors);

// The problem of sequence b: S and Sk are its lengths, and may be 0. For visible_range and key_distance.
constexpr Problem sequence_problem(const Problem& problem, const SequenceLengths& lengths) {
  Problem one = problem;
  one.lengths = Lengths::equal;
  one.seq_q = lengths.q;
  one.seq_k = lengths.k;
  return one;
}

constexpr Problem sequence_problem(const Problem& problem, const Tensors& t, std::int64_t b) {
  if (problem.lengths == Lengths::equal) return problem;
  return sequence_problem(problem, {t.q_starts[b + 1] - t.q_starts[b], t.k_starts[b + 1] - t.k_starts[b]});
}

// Where a query or a key of all heads is in memory.
struct RowPlace {
  std::int64_t block, row;
};

// Query `i` of sequence b, in Q and O.
constexpr RowPlace query_place(const Problem& problem, const Tensors& t, std::int64_t b, std::int64_t i) {
  if (problem.lengths == Lengths::equal) return {b, i};
  return {0, t.q_starts[b] + i};
}

// Key `j` of sequence b, in K and V.
constexpr RowPlace key_place(const Problem& problem, const Tensors& t, std::int64_t b, std::int64_t j) {
  if (problem.page > 0) return {t.page_table[b * t.table_stride + j / problem.page], j % problem.page};
  if (problem.lengths == Lengths::equal) return {b, j};
  return {0, t.k_starts[b] + j};
}

// In elements from the first one of the tensor.
constexpr std::int64_t offset_of(const Strides& s, const RowPlace& place, std::int64_t head) {
  return place.block * s.batch + head * s.head + place.row * s.row;
}

// The element of LSE of query `i` of sequence b.
constexpr std::int64_t lse_index(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t h,
                                 std::int64_t i) {
  if (p.lengths == Lengths::equal) return (b * p.heads + h) * p.seq_q + i;
  return h * t.q_starts[p.batch] + t.q_starts[b] + i;
}

}  // namespace warpgauge
