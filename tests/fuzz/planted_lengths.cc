// Bugs in sequences of different lengths.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernels/case_key.h"
#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

bool has_lengths(const Problem& p) {
  return p.lengths != Lengths::equal;
}

// A copy of the starts by their pointer.
struct StartsCachedByPointer : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    static std::map<std::pair<const void*, std::string>, std::vector<std::int32_t>> starts;
    if (!has_lengths(p)) return t;
    const auto copy = [&](const std::int32_t* of) {
      const auto [cached, is_new] = starts.try_emplace({of, format_problem(p)});
      if (is_new) cached->second.assign(of, of + p.batch + 1);
      return cached->second.data();
    };
    Tensors changed = t;
    changed.q_starts = copy(t.q_starts);
    changed.k_starts = copy(t.k_starts);
    return changed;
  }
};

// The lengths of the pattern instead of those in memory.
struct LengthsOfFirstLaunch : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    static std::map<std::string, std::vector<SequenceLengths>> cache;
    std::vector<SequenceLengths>& seen = cache[format_problem(p)];
    if (static_cast<std::int64_t>(seen.size()) <= b) seen.push_back(Design::lengths(p, t, b));
    return seen[static_cast<std::size_t>(b)];
  }
};

struct StartOfQueriesIgnored : Design {
  RowPlace query_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t i) const override {
    return has_lengths(p) ? RowPlace{0, i} : Design::query_place(p, t, b, i);
  }
};

struct StartOfKeysIgnored : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t j) const override {
    return has_lengths(p) && p.page == 0 ? RowPlace{0, j} : Design::key_place(p, t, b, j);
  }
};

// Sequence b starts at b times the maximum length, as in a padded tensor.
struct RowsArePadded : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t j) const override {
    return has_lengths(p) && p.page == 0 ? RowPlace{0, b * p.seq_k + j} : Design::key_place(p, t, b, j);
  }
};

struct StartsOfQueriesForKeys : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t j) const override {
    return has_lengths(p) && p.page == 0 ? RowPlace{0, t.q_starts[b] + j} : Design::key_place(p, t, b, j);
  }
};

// kBy keys more or less in the last sequence.
template <std::int64_t kBy>
struct LastSequenceEndsElsewhere : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    SequenceLengths lengths = Design::lengths(p, t, b);
    if (has_lengths(p) && b == p.batch - 1) lengths.k = std::max<std::int64_t>(0, lengths.k + kBy);
    return lengths;
  }
};

struct LastQueryOfSequenceMissing : Design {
  bool skips(const Problem& p, const Place& place) const override {
    return batch_.lengths != Lengths::equal && place.batch == batch_.batch - 1 && p.seq_q > 1 &&
           place.query == p.seq_q - 1;
  }
  void before(const Problem& p, const Tensors&, const Launch&) const override { batch_ = p; }

 private:
  mutable Problem batch_;
};

struct LengthOfQueriesForKeys : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    SequenceLengths lengths = Design::lengths(p, t, b);
    if (has_lengths(p)) lengths.k = std::min(lengths.k, lengths.q);
    return lengths;
  }
};

// The number of keys is that of the longest sequence: the rest of it is of the next one.
struct MostKeysForAll : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    return {Design::lengths(p, t, b).q,
            has_lengths(p) && p.page == 0 && b + 1 < p.batch ? p.seq_k : Design::lengths(p, t, b).k};
  }
};

// What a query sees follows from the position that `kPosition` gives it.
enum class PositionOf { maxima, packed_rows, first_query };

template <PositionOf kPosition>
struct WrongPosition : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override { batch_ = p, tensors_ = t; }
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    sequence_ = b;
    return Design::lengths(p, t, b);
  }

 protected:
  // How far the position of a query is off.
  std::int64_t shift(const Problem& one) const {
    if (!has_lengths(batch_)) return 0;
    if (kPosition == PositionOf::maxima) return (batch_.seq_k - batch_.seq_q) - (one.seq_k - one.seq_q);
    if (kPosition == PositionOf::packed_rows)
      return tensors_.q_starts[sequence_] - tensors_.k_starts[sequence_];
    return one.seq_q - one.seq_k;
  }
  KeyRange range(const Problem& one, std::int64_t query) const {
    const KeyRange keys = visible_range(one, query + shift(one));
    return {std::max<std::int64_t>(0, keys.first), std::min(keys.last, one.seq_k)};
  }

 private:
  mutable Problem batch_;
  mutable Tensors tensors_;
  mutable std::int64_t sequence_ = 0;
};

template <PositionOf kPosition>
struct CausalFromWrongPosition : WrongPosition<kPosition> {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return p.window.is_none() ? this->range(p, query).first : Design::first_key(p, query);
  }
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return p.window.is_none() ? this->range(p, query).last : Design::keys(p, query);
  }
};

template <PositionOf kPosition>
struct WindowFromWrongPosition : WrongPosition<kPosition> {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return p.window.is_none() ? Design::first_key(p, query) : this->range(p, query).first;
  }
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return p.window.is_none() ? Design::keys(p, query) : this->range(p, query).last;
  }
};

template <PositionOf kPosition>
struct AlibiFromWrongPosition : WrongPosition<kPosition> {
  std::int64_t distance(const Problem& p, std::int64_t query, std::int64_t key) const override {
    return key_distance(p, query + this->shift(p), key);
  }
};

// The bias of a packed token: its row and its key count through the batch.
struct BiasOfPackedRow : Design {
  std::int64_t bias_offset(const Problem& p, const Strides& s, const Place& place) const override {
    return Design::bias_offset(p, s, {place.batch, place.head, row_of(place)});
  }
  void before(const Problem& p, const Tensors& t, const Launch&) const override { batch_ = p, tensors_ = t; }

 private:
  std::int64_t row_of(const Place& place) const {
    const std::int64_t start = has_lengths(batch_) ? tensors_.q_starts[place.batch] : 0;
    return (start + place.query) % batch_.seq_q;
  }
  mutable Problem batch_;
  mutable Tensors tensors_;
};

// A bug in sequences without keys, beside others that have some.
struct OfEmptySequences : Design {
  void before(const Problem& p, const Tensors&, const Launch&) const override { batch_ = p; }

 protected:
  bool is_empty(const Problem& one) const { return has_lengths(batch_) && one.seq_k == 0; }

 private:
  mutable Problem batch_;
};

struct EmptySequenceDividesByZero : OfEmptySequences {
  float divided(const Problem& p, float o, float sum) const override {
    return is_empty(p) ? o / sum : Design::divided(p, o, sum);
  }
};

// Its rows of O keep what was there.
struct SequenceWithoutKeysIsSkipped : OfEmptySequences {
  bool skips(const Problem& p, const Place&) const override { return is_empty(p); }
};

// At least one query per sequence: the first row of the next one is computed with the keys of an empty one.
struct EmptySequenceHasARow : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    SequenceLengths lengths = Design::lengths(p, t, b);
    const bool has_next = has_lengths(p) && b > 0;
    if (has_next && lengths.q == 0) lengths.q = 1;
    return lengths;
  }
  RowPlace query_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t i) const override {
    RowPlace place = Design::query_place(p, t, b, i);
    if (has_lengths(p)) place.row = std::min<std::int64_t>(place.row, t.q_starts[p.batch] - 1);
    return place;
  }
};

// LSE as [B, H, Sq], [total of Q, H], or with the maximum length as its row.
enum class LseAs { padded, tokens_first, maximum_row };

template <LseAs kAs>
struct LseAtWrongPlace : Design {
  std::int64_t lse_index(const Problem& p, const Tensors& t, const Place& place) const override {
    if (!has_lengths(p)) return Design::lse_index(p, t, place);
    const std::int64_t total = t.q_starts[p.batch], row = t.q_starts[place.batch] + place.query;
    const std::int64_t index = kAs == LseAs::padded
                                   ? (place.batch * p.heads + place.head) * p.seq_q + place.query
                               : kAs == LseAs::tokens_first ? row * p.heads + place.head
                                                            : place.head * p.seq_q + row;
    return index % (total * p.heads);
  }
};

// The scale, the sinks and so on are right, but sequence b has the length of sequence 0.
struct LengthsOfFirstSequence : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    const SequenceLengths first = Design::lengths(p, t, 0), own = Design::lengths(p, t, b);
    return {own.q, std::min(first.k, own.k)};
  }
};

}  // namespace

std::vector<Bug> length_bugs() {
  using enum PositionOf;
  return {
      {"lengths", sequence_kernel<StartsCachedByPointer>("starts_cached_by_pointer")},
      {"lengths", sequence_kernel<LengthsOfFirstLaunch>("lengths_of_first_launch")},
      {"lengths", sequence_kernel<StartOfQueriesIgnored>("start_of_queries_ignored")},
      {"lengths", sequence_kernel<StartOfKeysIgnored>("start_of_keys_ignored")},
      {"lengths", sequence_kernel<RowsArePadded>("rows_are_padded")},
      {"lengths", sequence_kernel<StartsOfQueriesForKeys>("starts_of_queries_for_keys")},
      {"lengths", sequence_kernel<LastSequenceEndsElsewhere<1>>("last_sequence_one_key_more")},
      {"lengths", sequence_kernel<LastSequenceEndsElsewhere<-1>>("last_sequence_one_key_less")},
      {"lengths", sequence_kernel<LastQueryOfSequenceMissing>("last_query_of_sequence_missing")},
      {"lengths", sequence_kernel<LengthOfQueriesForKeys>("length_of_queries_for_keys")},
      {"lengths", sequence_kernel<MostKeysForAll>("most_keys_for_all")},
      {"lengths", sequence_kernel<LengthsOfFirstSequence>("lengths_of_first_sequence")},
      {"lengths", sequence_kernel<CausalFromWrongPosition<maxima>>("causal_by_the_maxima")},
      {"lengths", sequence_kernel<CausalFromWrongPosition<packed_rows>>("causal_by_packed_rows")},
      {"lengths", sequence_kernel<CausalFromWrongPosition<first_query>>("causal_from_top_left")},
      {"lengths", sequence_kernel<WindowFromWrongPosition<maxima>>("window_by_the_maxima")},
      {"lengths", sequence_kernel<WindowFromWrongPosition<packed_rows>>("window_by_packed_rows")},
      {"lengths", sequence_kernel<AlibiFromWrongPosition<maxima>>("alibi_by_the_maxima")},
      {"lengths", sequence_kernel<AlibiFromWrongPosition<packed_rows>>("alibi_by_packed_rows")},
      {"lengths", sequence_kernel<BiasOfPackedRow>("bias_of_packed_row")},
      {"lengths", sequence_kernel<EmptySequenceDividesByZero>("empty_sequence_divides_by_zero")},
      {"lengths", sequence_kernel<SequenceWithoutKeysIsSkipped>("sequence_without_keys_is_skipped")},
      {"lengths", sequence_kernel<EmptySequenceHasARow>("empty_sequence_has_a_row")},
      {"lengths", sequence_kernel<LseAtWrongPlace<LseAs::padded>>("lse_of_padded_rows")},
      {"lengths", sequence_kernel<LseAtWrongPlace<LseAs::tokens_first>>("lse_with_tokens_first")},
      {"lengths", sequence_kernel<LseAtWrongPlace<LseAs::maximum_row>>("lse_rows_of_the_maximum")},
  };
}

}  // namespace warpgauge::planted
