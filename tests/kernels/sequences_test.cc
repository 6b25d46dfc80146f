#include "kernels/sequences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace warpgauge {
namespace {

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

Pairs lengths_in(const Problem& p) {
  Pairs lengths;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const SequenceLengths one = pattern_lengths(p, b);
    lengths.emplace_back(one.q, one.k);
  }
  return lengths;
}

TEST(sequences, patterns_of_lengths) {
  Problem p{.batch = 4, .seq_q = 40, .seq_k = 40, .lengths = Lengths::ragged};
  EXPECT_EQ(lengths_in(p), (Pairs{{10, 10}, {40, 40}, {20, 20}, {30, 30}}));
  p.seq_k = 80;
  EXPECT_EQ(lengths_in(p), (Pairs{{10, 80}, {40, 40}, {20, 60}, {30, 20}}));
  p.lengths = Lengths::one_long;
  EXPECT_EQ(lengths_in(p), (Pairs{{5, 10}, {5, 80}, {40, 10}, {5, 10}}));
  p.seq_q = 1;
  EXPECT_EQ(lengths_in(p), (Pairs{{1, 10}, {1, 80}, {1, 10}, {1, 10}}));
  p.seq_q = 40, p.seq_k = 40;
  p.lengths = Lengths::with_empty;
  EXPECT_EQ(lengths_in(p), (Pairs{{0, 10}, {40, 0}, {40, 40}, {30, 30}}));
  p.batch = 3;
  EXPECT_EQ(lengths_in(p), (Pairs{{0, 14}, {40, 40}, {0, 0}}));
  p.lengths = Lengths::equal;
  EXPECT_EQ(lengths_in(p), (Pairs(3, {40, 40})));
}

TEST(sequences, lengths_are_at_most_the_maxima_and_one_reaches_them) {
  for (const Lengths lengths : {Lengths::ragged, Lengths::one_long, Lengths::with_empty})
    for (std::int64_t batch = 1; batch < 12; ++batch)
      for (const auto& [sq, sk] : Pairs{{1, 0}, {1, 1}, {5, 5}, {1, 300}, {300, 7}}) {
        const Problem p{.batch = batch, .seq_q = sq, .seq_k = sk, .lengths = lengths};
        SequenceLengths most, total;
        for (const auto& [q, k] : lengths_in(p)) {
          most = {std::max(most.q, q), std::max(most.k, k)};
          total = {total.q + q, total.k + k};
        }
        EXPECT_EQ(most.q, sq);
        EXPECT_LE(most.k, sk);
        EXPECT_EQ(total_lengths(p), total);
        EXPECT_GE(total.q, 1);
      }
}

// Rows of three sequences of 2, 0 and 3 queries, and 5, 4 and 0 keys.
TEST(sequences, places_of_packed_rows) {
  const std::int32_t q_starts[] = {0, 2, 2, 5}, k_starts[] = {0, 5, 9, 9};
  const Problem p{.batch = 3, .heads = 2, .seq_q = 3, .seq_k = 5, .lengths = Lengths::ragged};
  Tensors t;
  t.q_starts = q_starts, t.k_starts = k_starts;
  EXPECT_EQ(query_place(p, t, 2, 1).block, 0);
  EXPECT_EQ(query_place(p, t, 2, 1).row, 3);
  EXPECT_EQ(key_place(p, t, 1, 3).block, 0);
  EXPECT_EQ(key_place(p, t, 1, 3).row, 8);
  EXPECT_EQ(lse_index(p, t, 2, 1, 1), 5 + 3);
  EXPECT_EQ(sequence_problem(p, t, 1).seq_q, 0);
  EXPECT_EQ(sequence_problem(p, t, 1).seq_k, 4);
  EXPECT_EQ(offset_of({100, 10, 1}, {2, 5}, 3), 235);
}

TEST(sequences, places_in_pages) {
  const std::int32_t table[] = {7, 3, -1, 2, 7, 9}, starts[] = {0, 20, 60};
  Problem p{.batch = 2, .seq_k = 40, .page = 16};
  Tensors t;
  t.page_table = table, t.table_stride = 3;
  EXPECT_EQ(key_place(p, t, 0, 15).block, 7);
  EXPECT_EQ(key_place(p, t, 0, 16).block, 3);
  EXPECT_EQ(key_place(p, t, 0, 16).row, 0);
  EXPECT_EQ(key_place(p, t, 1, 37).block, 9);
  EXPECT_EQ(key_place(p, t, 1, 37).row, 5);
  EXPECT_EQ(sequence_problem(p, t, 0).seq_k, 40);
  p.lengths = Lengths::ragged;
  t.q_starts = t.k_starts = starts;
  EXPECT_EQ(sequence_problem(p, t, 0).seq_k, 20);
  EXPECT_EQ(key_place(p, t, 1, 37).block, 9) << "the starts of K place no page";
}

TEST(sequences, shapes_in_memory) {
  const auto sizes = [](const TensorShape& s) { return std::vector{s.blocks, s.heads, s.rows, s.dim}; };
  using Sizes = std::vector<std::int64_t>;
  Problem p{.batch = 4, .heads = 6, .kv_heads = 2, .seq_q = 40, .seq_k = 80, .head_dim = 8};
  p.value_dim = 24;
  EXPECT_EQ(sizes(output_shape(p)), (Sizes{4, 6, 40, 24}));
  EXPECT_EQ(sizes(key_shape(p, {})), (Sizes{4, 2, 80, 8}));
  p.lengths = Lengths::ragged;
  EXPECT_EQ(sizes(query_shape(p)), (Sizes{1, 6, 100, 8}));
  EXPECT_EQ(sizes(lse_shape(p)), (Sizes{1, 6, 100, 1}));
  EXPECT_EQ(sizes(value_shape(p, {})), (Sizes{1, 2, 200, 24}));
  p.page = 16;
  const Tensors t = packed_tensors(p);
  EXPECT_EQ(t.table_stride, 5);
  EXPECT_EQ(sizes(value_shape(p, t)), (Sizes{t.pages, 2, 16, 24}));
  EXPECT_GT(t.pages, 20);
  EXPECT_EQ(t.v_strides.batch, 2 * 16 * 24);
  EXPECT_EQ(t.q_strides.head, 100 * 8);
}

TEST(sequences, flops_and_bytes_are_sums_over_the_sequences) {
  for (const Lengths lengths : {Lengths::ragged, Lengths::one_long, Lengths::with_empty})
    for (const Window window : {Window{}, Window{2, 0}}) {
      const Problem p{.batch = 5,
                      .heads = 4,
                      .kv_heads = 2,
                      .seq_q = 9,
                      .seq_k = 33,
                      .head_dim = 8,
                      .dtype = Dtype::bf16,
                      .mask = Mask::causal,
                      .window = window,
                      .bias = Bias::tensor,
                      .lengths = lengths,
                      .page = 16};
      std::int64_t pairs = 0, most = 0, keys = 0, queries = 0, pages = 0;
      for (std::int64_t b = 0; b < p.batch; ++b) {
        const Problem one = sequence_problem(p, pattern_lengths(p, b));
        std::int64_t of_one = 0;
        std::set<std::int64_t> seen;
        for (std::int64_t i = 0; i < one.seq_q; ++i)
          for (std::int64_t j = visible_range(one, i).first; j < visible_range(one, i).last; ++j)
            ++of_one, seen.insert(j);
        pairs += of_one, most = std::max(most, of_one);
        keys += static_cast<std::int64_t>(seen.size()), queries += one.seq_q;
        pages += (one.seq_k + 15) / 16;
      }
      EXPECT_EQ(attention_flops(p), 2.0 * 4 * 16 * static_cast<double>(pairs));
      const std::int64_t halves = 16 * (4 * queries + 2 * keys), words = 4 * queries + 4 * most + 12 + pages;
      EXPECT_EQ(attention_bytes(p), static_cast<double>(2 * halves + 4 * words));
    }
}

}  // namespace
}  // namespace warpgauge
