#include "bench/renewal.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace warpgauge::bench {
namespace {

// The heads [B, Hkv] of the problem.
std::int64_t kv_heads(const Problem& p) {
  return p.batch * p.kv_heads;
}

template <class T>
void flip_signs(const RenewedInputs& in, RenewalDraw from, RenewalDraw to) {
  using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>;
  const Problem& p = in.problem;
  const std::int64_t heads = p.batch * p.heads;
#pragma omp parallel for schedule(static) num_threads(in.threads)
  for (std::int64_t head = 0; head < heads; ++head) {
    std::vector<Word> mask(static_cast<std::size_t>(p.head_dim));
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      if (from.flips(head, p.head_dim, d) != to.flips(head, p.head_dim, d))
        mask[static_cast<std::size_t>(d)] = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));
    Word* row = static_cast<Word*>(in.q) + head * p.seq_q * p.head_dim;
    for (std::int64_t i = 0; i < p.seq_q; ++i, row += p.head_dim)
      for (std::int64_t d = 0; d < p.head_dim; ++d) row[d] ^= mask[static_cast<std::size_t>(d)];
  }
}

// Calls visit(row of K and V, number of the replaced row) for each row that the draw replaces.
template <class Visit>
void each_replaced_row(const Problem& p, RenewalDraw draw, int threads, Visit visit) {
  const std::int64_t blocks = renewed_blocks(p), rows = kv_heads(p) * blocks;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::int64_t n = 0; n < rows; ++n) {
    const std::int64_t kv_head = n / blocks;
    visit(kv_head * p.seq_k + draw.key(p, kv_head, n % blocks), n);
  }
}

template <class T>
void copy_row(void* to, std::int64_t to_row, const void* from, std::int64_t from_row, std::int64_t dim) {
  std::memcpy(static_cast<T*>(to) + to_row * dim, static_cast<const T*>(from) + from_row * dim,
              static_cast<std::size_t>(dim) * sizeof(T));
}

template <class T>
void put_back(const RenewedInputs& in, RenewalDraw from) {
  const std::int64_t dim = in.problem.head_dim, value_dim = value_dim_of(in.problem);
  each_replaced_row(in.problem, from, in.threads, [&](std::int64_t row, std::int64_t saved) {
    copy_row<T>(in.k, row, in.saved_k, saved, dim);
    copy_row<T>(in.v, row, in.saved_v, saved, value_dim);
  });
}

template <class T>
void replace(const RenewedInputs& in, RenewalDraw to) {
  const Problem& p = in.problem;
  const std::int64_t dim = p.head_dim, value_dim = value_dim_of(p);
  each_replaced_row(p, to, in.threads, [&](std::int64_t row, std::int64_t saved) {
    copy_row<T>(in.saved_k, saved, in.k, row, dim);
    copy_row<T>(in.saved_v, saved, in.v, row, value_dim);
    T *k = static_cast<T*>(in.k) + row * dim, *v = static_cast<T*>(in.v) + row * value_dim;
    for (std::int64_t d = 0; d < std::max(dim, value_dim); d += 2) {
      const NewElements elements = to.elements(p, saved, d / 2);
      for (std::int64_t n = 0; n < 2; ++n) {
        if (d + n < dim) k[d + n] = T(elements.k[n]);
        if (d + n < value_dim) v[d + n] = T(elements.v[n]);
      }
    }
  });
}

// Calls visit(row of the bias, keys that it sees) for each row that sees any.
template <class Visit>
void each_bias_row(const RenewedInputs& in, Visit visit) {
  const Problem& p = in.problem;
  if (in.bias == nullptr) return;
#pragma omp parallel for schedule(static) num_threads(in.threads)
  for (std::int64_t row = 0; row < p.heads * p.seq_q; ++row)
    if (const KeyRange keys = visible_range(p, row % p.seq_q); keys.count() > 0) visit(row, keys);
}

void put_back_bias(const RenewedInputs& in, RenewalDraw from) {
  each_bias_row(in, [&](std::int64_t row, const KeyRange& keys) {
    in.bias[row * in.problem.seq_k + from.biased_key(row, keys)] = in.saved_bias[row];
  });
}

void replace_bias(const RenewedInputs& in, RenewalDraw to) {
  each_bias_row(in, [&](std::int64_t row, const KeyRange& keys) {
    float& element = in.bias[row * in.problem.seq_k + to.biased_key(row, keys)];
    in.saved_bias[row] = element;
    element = to.bias(row, keys);
  });
}

}  // namespace

void RenewalSizes::raise_to(const RenewalSizes& other) {
  key_bytes = std::max(key_bytes, other.key_bytes);
  value_bytes = std::max(value_bytes, other.value_bytes);
  bias_bytes = std::max(bias_bytes, other.bias_bytes);
}

double RenewalSizes::total() const {
  return static_cast<double>(key_bytes) + static_cast<double>(value_bytes) + static_cast<double>(bias_bytes);
}

RenewalSizes renewal_sizes(const Problem& p) {
  const std::int64_t row_bytes = kv_heads(p) * renewed_blocks(p) * dtype_bytes(p.dtype);
  return {.key_bytes = row_bytes * p.head_dim,
          .value_bytes = row_bytes * value_dim_of(p),
          .bias_bytes = p.bias == Bias::tensor ? p.heads * p.seq_q * std::int64_t{sizeof(float)} : 0};
}

void renew_cpu(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to) {
  with_element_type(inputs.problem.dtype, [&]<class T>(T) {
    flip_signs<T>(inputs, from, to);
    if (!from.is_none()) put_back<T>(inputs, from);
    if (!to.is_none()) replace<T>(inputs, to);
  });
  if (!from.is_none()) put_back_bias(inputs, from);
  if (!to.is_none()) replace_bias(inputs, to);
}

void renew_own_inputs(Inputs& in, const Problem& p, RenewalDraw draw) {
  if (draw.is_none()) return;
  for (std::size_t h = 0; h < in.sinks.size(); ++h) in.sinks[h] = draw.sink(p, static_cast<std::int64_t>(h));
  for (std::size_t h = 0; h < in.slopes.size(); ++h) in.slopes[h] = draw.slope(static_cast<std::int64_t>(h));
}

void poison_cpu(void* memory, std::int64_t bytes, int threads) {
  constexpr std::int64_t kBlock = 1 << 16;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::int64_t begin = 0; begin < bytes; begin += kBlock)
    std::memset(static_cast<char*>(memory) + begin, 0xff,
                static_cast<std::size_t>(std::min(kBlock, bytes - begin)));
}

RowPlace place_of_row(const Problem& p, std::int64_t row) {
  const std::int64_t head = row / p.seq_q;
  return {.row = row,
          .head = head,
          .kv_head = head / p.heads * p.kv_heads + head % p.heads / (p.heads / p.kv_heads),
          .bias_row = row % (p.heads * p.seq_q),
          .keys = visible_range(p, row % p.seq_q)};
}

void renew_row(RowInputs& inputs, const Problem& p, const RowPlace& place, RenewalDraw draw) {
  if (draw.is_none()) return;
  const std::int64_t dim = p.head_dim, value_dim = value_dim_of(p);
  const KeyRange& keys = place.keys;
  for (std::int64_t d = 0; d < dim; ++d)
    if (draw.flips(place.head, dim, d)) inputs.q[static_cast<std::size_t>(d)] *= -1;
  for (std::int64_t block = keys.first / renewed_block(p); block * renewed_block(p) < keys.last; ++block) {
    const std::int64_t key = draw.key(p, place.kv_head, block) - keys.first;
    if (key < 0 || key >= keys.count()) continue;
    for (std::int64_t d = 0; d < std::max(dim, value_dim); ++d) {
      const NewElements elements = draw.elements(p, place.kv_head * renewed_blocks(p) + block, d / 2);
      if (d < dim) inputs.k[static_cast<std::size_t>(key * dim + d)] = elements.k[d % 2];
      if (d < value_dim) inputs.v[static_cast<std::size_t>(key * value_dim + d)] = elements.v[d % 2];
    }
  }
  if (!inputs.bias.empty())
    inputs.bias[static_cast<std::size_t>(draw.biased_key(place.bias_row, keys) - keys.first)] =
        draw.bias(place.bias_row, keys);
}

}  // namespace warpgauge::bench
